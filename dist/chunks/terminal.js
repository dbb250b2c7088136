import "./rolldown-runtime.js";
import { a as VERDICT_TONE, c as visibleLines, i as VERDICT_MARK, o as cut, r as headline, s as visibleLine, t as story } from "./story.js";

// src/reporters/escape/terminal.ts
/** Foreign text for one line of a terminal: it cannot move the cursor, colour, ring or break the line. */
function line(text) {
	return visibleLine(text);
}
/** Foreign text of several lines, each indented. */
function block(text, indent) {
	return visibleLines(text).split("\n").map((one) => (indent + one).trimEnd()).join("\n");
}
/**
* A finished text in which no line is a command to the runner of GitHub Actions, wherever the wrapping put it.
* The runner obeys `::name::` behind leading spaces and `##[name]` anywhere (actions/runner, ActionCommand.cs).
*/
function withoutCommands(output) {
	return output.replace(/^(\s*):(?=:)/gm, "$1: ").replace(/##\[/g, "# #[");
}

// src/reporters/terminal.ts
/** Columns of the text. */
const WIDTH = 100;
const BUDGET = {
	rows: 20,
	targets: 50,
	text: 400,
	snippet: 8e3
};
const SGR = {
	good: 32,
	bad: 31,
	unsure: 33,
	strong: 1,
	faint: 2
};
/** The report for a terminal or a job's log: the details first, the verdict in the last line. */
function terminal(report, color) {
	const form = new TerminalForm(color);
	const { verdict, phrase } = headline(report);
	const last = form.phrase([`${VERDICT_MARK[verdict]} `, ...phrase], VERDICT_TONE[verdict]);
	return withoutCommands(`${form.blocks(story(report, BUDGET), "")}\n\n${last}\n`);
}
var TerminalForm = class {
	#color;
	constructor(color) {
		this.#color = color;
	}
	blocks(blocks, indent) {
		return blocks.map((block) => this.#block(block, indent)).join("\n\n");
	}
	/** A phrase in one line, in one colour where one is given. */
	phrase(phrase, style) {
		return this.#paint({
			text: pieces(phrase).map((piece) => piece.text).join(""),
			style
		});
	}
	#block(block$1, indent) {
		switch (block$1.kind) {
			case "heading": return indent + this.#lines(pieces(block$1.phrase, "strong"), WIDTH - indent.length).join(`\n${indent}`);
			case "paragraph": return this.#indented(pieces(block$1.phrase), indent);
			case "list": return block$1.items.map((lines) => lines.map((one, index) => this.#item(one, indent, index === 0)).join("\n")).join("\n");
			case "table": return this.#table(block$1, indent);
			case "snippet": return block(block$1.text, `${indent}    `);
			case "fold": return `${this.#indented(pieces(block$1.title, "strong"), indent)}\n${this.blocks(block$1.blocks, `${indent}  `)}`;
		}
	}
	#indented(of, indent) {
		return this.#lines(of, WIDTH - indent.length).map((text) => indent + text).join("\n");
	}
	#item(phrase, indent, first) {
		return this.#lines(pieces(phrase), WIDTH - indent.length - 4).map((text, index) => `${indent}${first && index === 0 ? "  - " : "    "}${text}`).join("\n");
	}
	#table({ head, rows }, indent) {
		const cells = [head.map((text) => [{
			text,
			style: "faint"
		}]), ...rows.map((row) => row.map((cell) => pieces(cell)))];
		const widths = columnWidths(cells, WIDTH - indent.length - 2 * (head.length - 1));
		return cells.map((row) => this.#row(row, widths, indent)).join("\n");
	}
	#row(row, widths, indent) {
		const wrapped = row.map((cell, index) => wrap(cell, widths[index] ?? 1));
		const height = Math.max(...wrapped.map((lines) => lines.length));
		return Array.from({ length: height }, (_, at) => wrapped.map((cell, index) => {
			const parts = cell[at] ?? [];
			return parts.map((piece) => this.#paint(piece)).join("") + " ".repeat(Math.max(0, (widths[index] ?? 0) - width(parts)));
		}).join("  ").trimEnd()).map((text) => indent + text).join("\n");
	}
	#lines(of, columns) {
		return wrap(of, columns).map((parts) => parts.map((piece) => this.#paint(piece)).join(""));
	}
	#paint({ text, style }) {
		return this.#color && style !== null && text !== "" ? `\u001b[${SGR[style]}m${text}\u001b[0m` : text;
	}
};
function pieces(phrase, style = null) {
	return phrase.map((span) => piece(span, style));
}
function piece(span, style) {
	if (typeof span === "string") return {
		text: span.replaceAll("`", ""),
		style
	};
	switch (span.kind) {
		case "code":
		case "foreign": return {
			text: line(cut(span.text, BUDGET.text)),
			style
		};
		case "tone": return {
			text: span.text,
			style: span.tone
		};
		case "link": return {
			text: `${span.text} ${span.url}`,
			style
		};
	}
}
function width(of) {
	return of.reduce((sum, { text }) => sum + columns(text), 0);
}
/** Columns of a terminal: pictures and CJK take two, combining marks and variation selectors none. */
function columns(text) {
	let sum = 0;
	for (const character of text) {
		if (/^\p{M}$/u.test(character)) continue;
		sum += /^[\p{Emoji_Presentation}\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\uff01-\uff60]$/u.test(character) ? 2 : 1;
	}
	return sum;
}
/** The natural widths, the widest columns narrowed until all fit. */
function columnWidths(rows, room) {
	const widths = (rows[0] ?? []).map((_, index) => Math.max(1, ...rows.map((row) => width(row[index] ?? []))));
	let excess = widths.reduce((sum, one) => sum + one, 0) - room;
	for (; excess > 0 && Math.max(...widths) > 1; excess--) {
		const widest = Math.max(...widths);
		widths[widths.indexOf(widest)] = widest - 1;
	}
	return widths;
}
/** Lines of at most `room` columns, broken at spaces where there are any. */
function wrap(of, room) {
	const lines = [[]];
	let used = 0;
	const breakLine = () => {
		lines.push([]);
		used = 0;
	};
	for (const word of words(of)) {
		if (used > 0 && used + columns(word.map((piece) => piece.text).join("").trimEnd()) > room) breakLine();
		for (const { text, style } of word) for (const character of text) {
			const size = columns(character);
			if (used + size > room && character === " ") continue;
			if (used + size > room && used > 0) breakLine();
			lines.at(-1)?.push({
				text: character,
				style
			});
			used += size;
		}
	}
	return lines.map((line) => joined(line));
}
/** Words with the space behind them, across the borders of pieces: `(` stays with the name that follows it. */
function words(of) {
	const all = [[]];
	for (const { text, style } of of) for (const part of text.split(/(?<= )/)) {
		all.at(-1)?.push({
			text: part,
			style
		});
		if (part.endsWith(" ")) all.push([]);
	}
	return all;
}
/** Neighbours of one style made one again, and no space at the end. */
function joined(characters) {
	const pieces = [];
	for (const { text, style } of characters) {
		const last = pieces.at(-1);
		if (last && last.style === style) last.text += text;
		else pieces.push({
			text,
			style
		});
	}
	const last = pieces.at(-1);
	if (last) last.text = last.text.trimEnd();
	return pieces;
}

export { terminal };