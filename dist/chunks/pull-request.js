import "./rolldown-runtime.js";
import { createHash } from "node:crypto";

// src/reporters/pull-request.ts
/** Creates or updates the sticky comment. It never throws: whatever fails is a warning. */
async function publishComment(comment, { open, pause }) {
	if (comment.policy === "never") return {
		kind: "none",
		reason: "comment is \"never\""
	};
	try {
		const github = await open();
		const pullRequest = await github.current();
		if (!pullRequest) return {
			kind: "none",
			reason: "this run belongs to no pull request"
		};
		try {
			return await place(github, pullRequest, comment);
		} catch (error) {
			if (!passing(error)) throw error;
			await pause();
			return await place(github, pullRequest, comment);
		}
	} catch (error) {
		return {
			kind: "skipped",
			warning: explain(error)
		};
	}
}
/** The hidden line by which a comment is found again. */
function marker(key) {
	return `<!-- immutable-check:${safeKey(key)} -->`;
}
/** The key itself where it can stand in an HTML comment, and otherwise what is readable of it and its hash. */
function safeKey(key) {
	if (/^[\w./ -]{1,80}$/.test(key) && !key.includes("--") && !/^[ -]|[ -]$/.test(key)) return key;
	return `${key.replace(/[^\w]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40)}~${createHash("sha256").update(key).digest("hex").slice(0, 16)}`;
}
async function place(github, pullRequest, comment) {
	const existing = await find(github, pullRequest, marker(comment.key));
	const body = `${[marker(comment.key), ...comment.run ? [runLine(comment.run)] : []].join("\n")}\n${comment.body}`;
	if (!existing) {
		if (comment.policy === "on-failure" && comment.verdict === "pass") return {
			kind: "none",
			reason: "comment is \"on-failure\", and the check passed"
		};
		return {
			kind: "created",
			url: (await github.create(pullRequest, body)).url
		};
	}
	const spoken = runOf(existing.body);
	if (comment.run && spoken && newer(spoken, comment.run)) return {
		kind: "none",
		reason: "a newer run has commented already"
	};
	if (content(existing.body) === content(body)) return {
		kind: "unchanged",
		url: existing.url
	};
	return {
		kind: "updated",
		url: (await github.update(pullRequest, existing.id, body)).url
	};
}
/** Our comment: with the marker in its first line, and by us. Anybody can write the marker. */
async function find(github, pullRequest, mark) {
	const marked = [];
	for await (const comment of github.listComments(pullRequest)) if (firstLine(comment.body) === mark) marked.push(comment);
	if (marked.length === 0) return null;
	const me = await github.author();
	const ours = marked.filter((comment) => comment.author !== null && isMe(comment.author, me));
	return ours.find((comment) => comment.author?.login === "github-actions[bot]") ?? ours[0] ?? null;
}
function isMe(author, me) {
	return me.kind === "user" ? author.login === me.login : author.bot;
}
function firstLine(body) {
	return body.split("\n", 1)[0]?.trimEnd() ?? "";
}
const RUN_LINE = /^<!-- run (\d+)\.(\d+) -->$/;
function runLine(run) {
	return `<!-- run ${run.id}.${run.attempt} -->`;
}
function runOf(body) {
	const found = RUN_LINE.exec(body.split("\n", 2)[1]?.trimEnd() ?? "");
	return found ? {
		id: Number(found[1]),
		attempt: Number(found[2])
	} : null;
}
function newer(a, b) {
	return a.id > b.id || a.id === b.id && a.attempt > b.attempt;
}
/** What a reader sees: without the run's line, and with line ends as a server may have changed them. */
function content(body) {
	return body.replace(/\r\n/g, "\n").split("\n").filter((line, index) => index !== 1 || !RUN_LINE.test(line)).join("\n").trimEnd();
}
/** Whether trying again may help: the server's own failure, or no answer at all. */
function passing(error) {
	if (!(error instanceof Error) || !("status" in error)) return false;
	return error.status === null || typeof error.status === "number" && error.status >= 500;
}
function explain(error) {
	const message = error instanceof Error ? error.message : String(error);
	if ((error instanceof Error && "status" in error ? error.status : void 0) === 403 && /not accessible by|must have admin|read.only/i.test(message)) return [
		`The pull request was not commented: GitHub answered 403 "${message}".`,
		"The token may not write there. Give the job `permissions: pull-requests: write`.",
		"For a pull request from a fork or from Dependabot the token is read-only whatever the workflow asks for:",
		"upload the report as an artifact there and publish it from a `workflow_run` workflow with `mode: comment`.",
		"The report is in the job summary in any case."
	].join(" ");
	return `The pull request was not commented: ${message}. The report is in the job summary in any case.`;
}

export { marker, publishComment, safeKey };