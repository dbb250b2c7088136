import "./rolldown-runtime.js";
import { c as visibleLines, n as title, o as cut, s as visibleLine, t as story } from "./story.js";

// src/reporters/escape/markdown.ts
/** What no reader sees, and what keeps GitHub from reading `@name` as a mention; `\@` and `&#64;` do not (cmark-gfm issue 181). */
const GAP = "&#8203;";
/**
* Foreign text as one line of prose, good in a paragraph and in a table's cell: no markup, tag, comment,
* mention, issue reference or link of its own comes to life in it.
*/
function text(foreign) {
	return visibleLine(foreign).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\|/g, "&#124;").replace(/\$/g, "&#36;").replace(/[\\`*_[\]~]/g, "\\$&").replace(/@/g, `@${GAP}`).replace(/(?<!&)#(?=\d)/g, `#${GAP}`).replace(/(GH-)(?=\d)/gi, `$1${GAP}`).replace(/:\/\//g, `:${GAP}//`).replace(/(www)\./gi, `$1${GAP}.`).replace(/^(\s*)([#+=-])/, "$1\\$2").replace(/^(\s*\d+)([.)])/, "$1\\$2");
}
/** Foreign text in which `` `words` `` between backticks are shown as code; whatever stands where, all of it is inert. */
function prose(foreign) {
	return visibleLine(foreign).split(/(`[^`]+`)/).map((part) => /^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : part === "" ? "" : text(part)).join("");
}
/**
* Foreign text as inline code, good in a paragraph, a table's cell and a `<summary>`. What could end a code span or
* a cell is written as an element with every character of punctuation as an entity, which ends neither.
*/
function code(foreign) {
	const shown = visibleLine(foreign);
	return /^[^`|\s](?:[^`|]*[^`|\s])?$/.test(shown) ? `\`${shown}\`` : htmlCode(foreign);
}
/** Inline code as an HTML element: Markdown is not read inside of a `<summary>`. */
function htmlCode(foreign) {
	return `<code>${entities(visibleLine(foreign))}</code>`;
}
/** Foreign text of several lines in a fence that is longer than any run of backticks inside. */
function fence(foreign, language = "") {
	const shown = visibleLines(foreign);
	const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
	const ticks = "`".repeat(longest + 1);
	return `${ticks}${language}\n${shown}\n${ticks}`;
}
const LINK_STARTS = /(@|:\/\/|www\.)/gi;
function entities(shown) {
	return shown.split(LINK_STARTS).map((part, index) => part.replace(/[!-,:-@[-`{-~]/g, entity) + (index % 2 === 1 ? GAP : "")).join("").replace(/^ | $/g, "&#32;");
}
function entity(character) {
	return `&#${character.charCodeAt(0)};`;
}

// src/reporters/markdown.ts
/** GitHub refuses a comment of more than 65,536 characters; what is left is room for the marker. */
const COMMENT_LIMIT = 65e3;
/** A job summary may hold 1 MiB. */
const SUMMARY_LIMIT = 1047552;
const BUDGETS = [
	{
		rows: 200,
		targets: 50,
		text: 1e3,
		snippet: 1e4
	},
	{
		rows: 50,
		targets: 20,
		text: 400,
		snippet: 4e3
	},
	{
		rows: 20,
		targets: 10,
		text: 200,
		snippet: 2e3
	},
	{
		rows: 10,
		targets: 3,
		text: 120,
		snippet: 1e3
	},
	{
		rows: 5,
		targets: 1,
		text: 80,
		snippet: 500
	},
	{
		rows: 5,
		targets: 0,
		text: 60,
		snippet: 0
	}
];
/**
* The report as GitHub-flavoured Markdown: the comment, the job summary, `report.md`.
* `limit` is in bytes of UTF-8, which is never less than what any count of characters gives.
*/
function markdown(report, limit = COMMENT_LIMIT) {
	let smallest = "";
	for (const budget of BUDGETS) {
		smallest = write(report, budget);
		if (Buffer.byteLength(smallest) <= limit) return smallest;
	}
	return smallest;
}
function write(report, budget) {
	const form = new MarkdownForm(budget.text);
	const headline = {
		kind: "heading",
		level: 2,
		phrase: title(report)
	};
	return `${form.blocks([headline, ...story(report, budget)])}\n`;
}
var MarkdownForm = class {
	#longest;
	constructor(longest) {
		this.#longest = longest;
	}
	blocks(blocks) {
		return blocks.map((block) => this.#block(block)).join("\n\n");
	}
	#block(block) {
		switch (block.kind) {
			case "heading": return `${"#".repeat(block.level)} ${this.#phrase(block.phrase)}`;
			case "paragraph": return this.#phrase(block.phrase);
			case "list": return block.items.map((lines) => `- ${lines.map((line) => this.#phrase(line)).join("<br>\n  ")}`).join("\n");
			case "table": return this.#table(block);
			case "snippet": return fence(block.text, block.language);
			case "fold": return `<details><summary>${this.#summary(block.title)}</summary>\n\n${this.blocks(block.blocks)}\n\n</details>`;
		}
	}
	#table({ head, rows }) {
		const row = (cells) => `| ${cells.join(" | ")} |`;
		return [
			row(head),
			row(head.map(() => "---")),
			...rows.map((cells) => row(cells.map((cell) => this.#phrase(cell))))
		].join("\n");
	}
	#phrase(phrase) {
		return phrase.map((span) => this.#span(span)).join("");
	}
	#span(span) {
		if (typeof span === "string") return span;
		switch (span.kind) {
			case "code": return code(cut(span.text, this.#longest));
			case "foreign": return prose(cut(span.text, this.#longest));
			case "tone": return span.tone === "bad" ? `**${span.text}**` : span.text;
			case "link": return `[${span.text}](${span.url})`;
		}
	}
	/** A `<summary>` is HTML: no Markdown is read in it. */
	#summary(phrase) {
		return phrase.map((span) => {
			if (typeof span === "string") return span;
			return span.kind === "code" ? htmlCode(cut(span.text, this.#longest)) : span.text;
		}).join("");
	}
};

export { SUMMARY_LIMIT as n, markdown as r, COMMENT_LIMIT as t };