import { stripVTControlCharacters } from "node:util";

// src/model/identity.ts
/** Capabilities by name and bit, from `linux/capability.h`: those that decide who may change a file or become somebody else.
* The probe compares by the same (`DECIDING_CAPABILITIES` in probe/probe.h; a test keeps the two equal). */
const DECIDING_CAPABILITIES = {
	CHOWN: 0,
	DAC_OVERRIDE: 1,
	DAC_READ_SEARCH: 2,
	FOWNER: 3,
	FSETID: 4,
	SETGID: 6,
	SETUID: 7,
	SETPCAP: 8,
	LINUX_IMMUTABLE: 9,
	SYS_MODULE: 16,
	SYS_RAWIO: 17,
	SYS_CHROOT: 18,
	SYS_PTRACE: 19,
	SYS_ADMIN: 21,
	MKNOD: 27,
	SETFCAP: 31,
	MAC_OVERRIDE: 32
};
const DECIDING_MASK = Object.values(DECIDING_CAPABILITIES).reduce((mask, bit) => mask | 1n << BigInt(bit), 0n);
/** The part of a capability set that has a say in what may be changed; NET_BIND_SERVICE and its like have none. */
function deciding(capabilities) {
	return BigInt(`0x${capabilities}`) & DECIDING_MASK;
}
/** Whether an attack made as `a` says everything about what `b` may change. */
function sameRights(a, b) {
	return a.uid === b.uid && a.gid === b.gid && a.groups.length === b.groups.length && a.groups.every((group, index) => group === b.groups[index]) && deciding(a.capabilities) === deciding(b.capabilities);
}
/** `uid 1000, gid 0, groups 0,27` with the capabilities that decide, by name where they are few. */
function describeIdentity(identity) {
	const groups = identity.groups.filter((group) => group !== identity.gid);
	const rights = deciding(identity.capabilities);
	const names = Object.entries(DECIDING_CAPABILITIES).filter(([, bit]) => rights >> BigInt(bit) & 1n).map(([name]) => name);
	return [
		`uid ${identity.uid}`,
		`gid ${identity.gid}`,
		...groups.length > 0 ? [`groups ${groups.join(",")}`] : [],
		...names.length > 3 ? [`${names.length} capabilities`] : [],
		...names.length > 0 && names.length <= 3 ? [`capabilities ${names.join(",")}`] : []
	].join(", ");
}
/**
* Whether these rights make modes and owners meaningless though no single attempt shows it: who may give files to
* itself, or capabilities to programs, has only to do that first.
*/
function outranksPermissions(identity) {
	const given = deciding(identity.capabilities);
	return identity.uid !== 0 && [DECIDING_CAPABILITIES.CHOWN, DECIDING_CAPABILITIES.SETFCAP].some((bit) => given >> BigInt(bit) & 1n);
}

// src/model/report.ts
/** `fail` beats `error` beats `pass`; nothing checked is nothing proven. */
function worstVerdict(verdicts) {
	if (verdicts.includes("fail")) return "fail";
	if (verdicts.includes("error") || verdicts.length === 0) return "error";
	return "pass";
}

// src/reporters/escape/visible.ts
const UNPRINTABLE = /[\p{C}\u2028\u2029]/gu;
/** One line without control characters: line breaks and tabs become spaces, terminal sequences go, the rest shows as `\u{…}`. */
function visibleLine(text) {
	return shown(stripVTControlCharacters(text).replace(/[\r\n\t\u2028\u2029]+/g, " "));
}
/** The same for several lines: line breaks stay, tabs become two spaces. */
function visibleLines(text) {
	return stripVTControlCharacters(text).replace(/\t/g, "  ").split(/\r\n|[\r\n\u2028\u2029]/).map(shown).join("\n");
}
/** At most `longest` characters; what is cut off leaves an ellipsis. */
function cut(text, longest) {
	if (text.length <= longest) return text;
	const characters = [...text.slice(0, 2 * longest + 2)];
	return characters.length <= longest ? text : `${characters.slice(0, Math.max(0, longest - 1)).join("")}…`;
}
function shown(line) {
	return line.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

// src/reporters/document.ts
function code(text) {
	return {
		kind: "code",
		text
	};
}
function foreign(text) {
	return {
		kind: "foreign",
		text
	};
}
function tone(of, text) {
	return {
		kind: "tone",
		tone: of,
		text
	};
}
function paragraph(...phrase) {
	return {
		kind: "paragraph",
		phrase
	};
}
function heading(level, ...phrase) {
	return {
		kind: "heading",
		level,
		phrase
	};
}
function fold(title, blocks) {
	return {
		kind: "fold",
		title,
		blocks
	};
}
/** `a`, `b` and `c`, at most `most` of them named. */
function series(spans, most) {
	const named = spans.slice(0, most);
	const rest = spans.length - named.length;
	const all = rest > 0 ? [...named, `${count(rest)} more`] : named;
	return all.flatMap((span, index) => {
		if (index === 0) return [span];
		return [index === all.length - 1 ? " and " : ", ", span];
	});
}
/** 98466 as `98,466`. */
function count(number) {
	return number.toLocaleString("en-US");
}
/** `1 finding`, `2 findings`. */
function counted(number, one, many = `${one}s`) {
	return `${count(number)} ${number === 1 ? one : many}`;
}
/** Milliseconds as people read them. */
function duration(ms) {
	return ms < 1e3 ? `${Math.round(ms)} ms` : `${(ms / 1e3).toFixed(1)} s`;
}

// src/reporters/listing.ts
/** Rows that a reader sees without unfolding anything. */
const OPEN_ROWS = 10;
/** A table, its first rows open, the others folded, and what exceeds the budget counted. */
function table(budget, head, rows) {
	return listing(budget, rows, (part) => ({
		kind: "table",
		head,
		rows: part
	}));
}
/** A table that is folded as a whole. */
function foldedTable(budget, title, head, rows) {
	const shown = rows.slice(0, budget.rows);
	return fold(title, [...shown.length > 0 ? [{
		kind: "table",
		head,
		rows: shown
	}] : [], ...rest(rows, shown)]);
}
/** A list of items, told as a table is. */
function list(budget, items) {
	return listing(budget, items, (part) => ({
		kind: "list",
		items: part
	}));
}
function listing(budget, rows, show) {
	const open = rows.slice(0, Math.min(OPEN_ROWS, budget.rows));
	const shown = rows.slice(0, budget.rows);
	const folded = shown.slice(open.length);
	return [...open.length > 0 ? [show(open)] : [], ...folded.length > 0 ? [fold([`… and ${count(rows.length - open.length)} more`], [show(folded), ...rest(rows, shown)])] : rest(rows, shown)];
}
function rest(rows, shown) {
	const missing = rows.length - shown.length;
	return missing > 0 ? [paragraph(`… and ${count(missing)} more, all of them in \`report.json\`.`)] : [];
}

// src/reporters/wording.ts
const VERDICT_MARK = {
	pass: "✅",
	fail: "❌",
	error: "⚠️"
};
const VERDICT_TONE = {
	pass: "good",
	fail: "bad",
	error: "unsure"
};
const LAYER_NAME = {
	"read-only": "read-only root filesystem",
	permissions: "permissions alone"
};
/** What one layer says of one path, in words. */
function protection(of) {
	switch (of) {
		case "mount": return tone("good", "protected by the mount");
		case "permissions": return tone("good", "protected by permissions");
		case "writable": return tone("bad", "can be changed");
		case "inconclusive": return tone("unsure", "could not be told");
		case "not-tested": return "not tested";
	}
}
/** The worse, the lower: tables begin with what breaks the check, so that no truncation hides it. */
function gravity(of) {
	return [
		"writable",
		"inconclusive",
		"not-tested",
		"permissions",
		"mount"
	].indexOf(of);
}
/** Whether a layer decides the verdict. */
function decides(target, layer) {
	return target.policy.require.includes(layer);
}
/** `uid 1000` for one identity of the attack, told apart from others with the same uid by its gid. */
function who(attack, index) {
	const run = attack[index];
	if (!run) return "unknown";
	const { uid, gid } = run.identity;
	const twin = attack.some((other) => other.identity.uid === uid && other.identity.gid !== gid);
	const root = uid === 0 ? " (root)" : "";
	return twin ? `uid ${uid}, gid ${gid}${root}` : `uid ${uid}${root}`;
}
/** `EROFS 98,001, EACCES 465`, the most frequent first. */
function refusals(blocked) {
	const entries = Object.entries(blocked).sort(([, a], [, b]) => b - a);
	if (entries.length === 0) return ["none"];
	return entries.flatMap(([errno, number], index) => [
		...index > 0 ? [", "] : [],
		foreign(errno),
		` ${count(number)}`
	]);
}

// src/reporters/answers.ts
/** Does it work read-only? A row per smoke test, layer and phase, the failed ones first. */
function works(target, budget) {
	const results = [...target.smoke].sort((a, b) => Number(a.passed) - Number(b.passed));
	const readOnly = results.filter((result) => result.layer === "read-only");
	return [
		heading(3, "Does it work read-only? ", worksAnswer(target, readOnly)),
		...results.length === 0 ? [paragraph("No smoke test was made.")] : [],
		...table(budget, [
			"",
			"smoke test",
			"answer",
			"when"
		], results.map((result) => [
			[result.passed ? "✅" : "❌"],
			[code(result.test)],
			answer(result),
			[`${rootFilesystem(result.layer)}, ${result.phase === "before-attack" ? "before" : "after"} the attack`]
		]))
	];
}
function worksAnswer(target, results) {
	if (results.some((result) => !result.passed)) return tone("bad", "No");
	if (!target.policy.layers.includes("read-only")) return "Not tested";
	const unexplained = target.smoke.every((result) => result.passed) && target.findings.some(disproves);
	const whole = target.verdict === "pass" || results.some((result) => result.phase === "after-attack");
	if (unexplained || results.length === 0 || !whole) return tone("unsure", "Not proven");
	return tone("good", "Yes");
}
const DISPROVING = [
	"program-ended",
	"smoke-failed",
	"smoke-failed-after-attack"
];
function disproves(finding) {
	return finding.level === "error" && DISPROVING.includes(finding.rule);
}
function answer(result) {
	const tries = result.attempts > 1 ? ` (${count(result.attempts)} tries)` : "";
	if (result.passed) return [`${result.status === null ? "as expected" : result.status} in ${duration(result.ms)}${tries}`];
	const status = result.status === null ? "" : ` with status ${result.status}`;
	const reason = result.reason === null ? [] : [": ", foreign(result.reason)];
	return [
		tone("bad", "failed"),
		status,
		tries,
		...reason
	];
}
function rootFilesystem(layer) {
	return layer === "read-only" ? "read-only" : "writable";
}
/** Can anyone change it? A row per protected path, a column per layer, the worst first. */
function changeable(target, budget) {
	const paths = [...target.paths].sort((a, b) => worst(target, a) - worst(target, b));
	const column = (layer) => `${LAYER_NAME[layer]}${decides(target, layer) ? " (required)" : ""}`;
	return [
		heading(3, "Can anyone change it? ", changeableAnswer(target)),
		...paths.length === 0 ? [paragraph("No protected path was judged.")] : [],
		...table(budget, [
			"protected path",
			column("read-only"),
			column("permissions")
		], paths.map((path) => [
			[code(path.path)],
			[protection(path.readOnly)],
			[protection(path.permissions)]
		])),
		...examples(target, paths, budget),
		...exceptions(target)
	];
}
function states(target, path) {
	return [...decides(target, "read-only") ? [path.readOnly] : [], ...decides(target, "permissions") ? [path.permissions] : []];
}
function worst(target, path) {
	return Math.min(9, ...states(target, path).map(gravity)) * 10 + Math.min(gravity(path.readOnly), gravity(path.permissions));
}
function changeableAnswer(target) {
	const all = target.paths.flatMap((path) => states(target, path));
	if (all.includes("writable")) return tone("bad", "Yes");
	return all.length > 0 && all.every((state) => state === "mount" || state === "permissions") ? tone("good", "No") : tone("unsure", "Could not be told");
}
function examples(target, paths, budget) {
	const rows = paths.flatMap((path) => path.examples);
	if (rows.length === 0) return [];
	return [foldedTable(budget, [`What could be changed, by whom: ${counted(rows.length, "example")}`], [
		"path",
		"by",
		"how",
		"root filesystem"
	], rows.map((row) => [
		[code(row.path)],
		[who(target.attack, row.identity)],
		series(row.operations.map(code), 8),
		[rootFilesystem(row.layer)]
	]))];
}
function exceptions(target) {
	const allowed = target.policy.allowWritable;
	if (allowed.length === 0) return [];
	const spans = allowed.slice(0, 10).flatMap(({ path, reason }, index) => [
		...index > 0 ? ["; "] : [],
		code(path),
		...reason === null ? [" (no reason given)"] : [
			" (",
			foreign(reason),
			")"
		]
	]);
	const more = allowed.length > 10 ? [`; and ${allowed.length - 10} more`] : [];
	return [paragraph("Excepted by `allow-writable`: ", ...spans, ...more, ".")];
}
/** What else can be written, although the root filesystem is read-only: the unexpected first. */
function surface(target, budget) {
	if (target.surface.length === 0) return [];
	const places = [...target.surface].sort((a, b) => Number(a.expected) - Number(b.expected));
	const unexpected = places.filter((place) => !place.expected).length;
	const surprise = unexpected > 0 ? `, ${unexpected} of them unexpected` : "";
	return [foldedTable(budget, [`What else can be written: ${counted(places.length, "place")}${surprise}`], [
		"place",
		"what it is",
		"who can write there",
		"programs can be run from it",
		"because"
	], places.map((place) => [
		[code(place.path)],
		[code(place.kind)],
		place.identities.length === 0 ? ["nobody who was tried"] : series(names(target, place.identities), 5),
		[place.executable ? "yes" : "not directly (noexec)"],
		[place.declared ? "you declared it" : place.expected ? "the engine provides it" : tone("bad", "nobody asked for it")]
	]))];
}
function names(target, identities) {
	return [...new Set(identities.map((index) => who(target.attack, index)))];
}
/** What the container changed in its own filesystem while it ran. */
function drift(target, budget) {
	if (target.drift.length === 0) return [];
	return [foldedTable(budget, [`What changed in the container while it ran: ${counted(target.drift.length, "path")}`], [
		"path",
		"change",
		"root filesystem"
	], target.drift.map((change) => [
		[code(change.path)],
		[foreign(change.change)],
		[rootFilesystem(change.layer)]
	]))];
}

// src/reporters/coverage.ts
/** How far the statement reaches: who attacked, how often, how it was refused, and how the container was run. */
function coverage(target, budget) {
	return [
		heading(3, "What this rests on"),
		paragraph(...sentence(target)),
		...attacks(target, budget),
		...run(target)
	];
}
function sentence(target) {
	const attempts = target.attack.reduce((sum, run) => sum + run.attempts, 0);
	if (target.attack.length === 0) return ["No attack was made, so nothing is known of what can be changed."];
	const identities = new Set(target.attack.map((run) => describeIdentity(run.identity)));
	const requests = new Set(target.smoke.map((result) => result.test));
	return [
		`${counted(attempts, "real attempt")} to change what stands under `,
		...series(target.policy.protectedPaths.map(code), 3),
		`, as ${counted(identities.size, "identity", "identities")} of the container’s own processes; ${counted(requests.size, "smoke test")}.`
	];
}
function attacks(target, budget) {
	if (target.attack.length === 0) return [];
	const rows = [...target.attack].sort((a, b) => b.succeeded - a.succeeded || b.inconclusive - a.inconclusive).map((run) => [
		[foreign(run.layer), decides(target, run.layer) ? " (required)" : ""],
		[foreign(describeIdentity(run.identity))],
		[count(run.attempts)],
		refusals(run.blocked),
		[count(run.succeeded)],
		[count(run.inconclusive)],
		[count(run.covered)],
		[duration(run.ms)]
	]);
	return [fold(["Who attacked, and how it was refused"], [
		...table(budget, [
			"layer",
			"attacked as",
			"attempts",
			"refused",
			"succeeded",
			"unclear",
			"covered ¹",
			"time"
		], rows),
		paragraph("EROFS: the mount refused. EACCES and EPERM: permissions refused, which says nothing of the mount."),
		paragraph("¹ Follows from an attempt on the directory that succeeded, and was therefore not made one by one.")
	])];
}
function run(target) {
	const { image, engine, policy } = target;
	const listed = (name, values) => values.length === 0 ? [] : [[`${name}: `, ...series(values.map(code), 20)]];
	const items = [
		...image.reference === "" ? [] : [["image: ", code(image.reference)]],
		...image.id === null ? [] : [["image ID: ", code(image.id)]],
		["registry digest: ", image.digest === null ? "none" : code(image.digest)],
		["user of the image: ", image.user === null ? "unknown" : image.user === "" ? "none named (root)" : code(image.user)],
		...listed("volumes that the image declares", image.volumes),
		["engine: ", foreign([
			engine.name,
			engine.version,
			engine.platform
		].filter((part) => part !== null).join(", "))],
		...listed("tmpfs", policy.tmpfs),
		...listed("volumes", policy.volumes),
		...listed("further options", policy.runOptions),
		[
			"layers checked: ",
			...series(policy.layers.map(foreign), 2),
			"; required: ",
			...series(policy.require.map(foreign), 2)
		],
		["time: ", ...timings(target.timings)]
	];
	return [fold(["Image, engine, settings, time"], [{
		kind: "list",
		items: items.map((one) => [one])
	}])];
}
function timings(of) {
	const { total, ...phases } = of;
	const parts = Object.entries(phases).filter(([, ms]) => ms > 0).map(([phase, ms]) => `${phase} ${duration(ms)}`);
	return [duration(total), ...parts.length > 0 ? [` (${parts.join(", ")}${parts.length > 1 ? "; some of it at the same time" : ""})`] : []];
}

// src/model/rules.ts
/**
* The catalogue of rules: every finding belongs to one. What each means, why it matters and how to mend it
* at length stands in docs/rules.md under the rule's id; a test compares the two lists.
*/
const RULES = {
	"writable-under-read-only": "A protected path can be changed although the root filesystem is read-only.",
	"writable-volume": "A volume that the image declares (VOLUME) keeps a protected path writable.",
	"writable-mount": "A writable mount lies over or under a protected path.",
	"read-only-ignored": "The engine says that the root filesystem is read-only, and it is not.",
	"writable-under-permissions": "Modes and owners let the program change a protected path.",
	"link-to-writable": "A symbolic link under a protected path leads to a place that can be changed.",
	"privileged-program-reachable": "Programs that give other rights to whoever runs them can be run.",
	"smoke-failed": "The program does not answer as expected.",
	"smoke-failed-after-attack": "The program does not answer as expected any more after the attack.",
	"program-ended": "The program ended, and it was meant to run.",
	drift: "The container changed its own filesystem under a protected path.",
	"mounts-changeable": "The mounts themselves can be changed, so that they protect nothing.",
	"user-namespace": "A process can make a user namespace with mounts of its own.",
	"process-memory": "The memory of other processes can be opened for writing.",
	"unexpected-place": "A place that nobody declared can be written to.",
	"allowance-unused": "An exception in allow-writable is not needed.",
	"entered-as-root": "What somebody who enters the container as root could change.",
	"no-process": "No process stayed running; the probe was the container's only process."
};

// src/reporters/headline.ts
function headline(report) {
	const { targets } = report;
	const verdict = worstVerdict([report.verdict, ...targets.map((target) => target.verdict)]);
	const [only] = targets;
	if (!only) return {
		verdict,
		phrase: ["Nothing could be judged: no image was checked"]
	};
	if (targets.length === 1 && only.verdict === verdict) return {
		verdict,
		phrase: [
			name(only),
			" ",
			...statement(only)
		]
	};
	return {
		verdict,
		phrase: together(targets, verdict)
	};
}
/** What is said of one target, its name left out: `is immutable: 12 attempts …`. */
function statement(target) {
	switch (target.verdict) {
		case "pass": return [proof(target)];
		case "fail": return broken(target);
		case "error": return ["could not be judged: ", foreign(cut(firstSentence(target.error?.message), 160))];
	}
}
function name(target) {
	return code(cut(target.name, 60));
}
/** How much was tried in the layers that decide. */
function proof(target) {
	const runs = target.attack.filter((run) => target.policy.require.includes(run.layer));
	const attempts = runs.reduce((sum, run) => sum + run.attempts, 0);
	const succeeded = runs.reduce((sum, run) => sum + run.succeeded, 0);
	const unclear = runs.reduce((sum, run) => sum + run.inconclusive, 0);
	if (attempts === 0) return "passed without an attempt to change it, which proves nothing";
	const made = `is immutable: ${counted(attempts, "attempt")} to change it`;
	if (succeeded > 0) return `${made}, ${count(succeeded)} succeeded, only where that breaks no rule`;
	return unclear > 0 ? `${made}, none succeeded (${count(unclear)} could not be told)` : `${made}, none succeeded`;
}
const CHANGEABLE = [
	"writable-under-read-only",
	"writable-volume",
	"writable-mount",
	"read-only-ignored",
	"writable-under-permissions",
	"link-to-writable"
];
function broken(target) {
	const errors = target.findings.filter((finding) => finding.level === "error");
	const found = ` (${counted(errors.length, "finding")})`;
	const changeable = errors.filter((finding) => CHANGEABLE.includes(finding.rule));
	if (changeable.length > 0) return [
		"is not immutable: ",
		...places(changeable),
		" can be changed",
		found
	];
	const rules = new Set(errors.map((finding) => finding.rule));
	if (rules.has("program-ended")) return [`does not work${where(target)}: the program ended`, found];
	if (rules.has("smoke-failed")) return [`does not work${where(target)}: ${failedTests(target)}`, found];
	if (rules.has("smoke-failed-after-attack")) return ["does not work any more after the attack", found];
	if (rules.has("drift")) return ["changed its own files while it ran", found];
	const [first] = errors;
	return first ? [
		"breaks a rule: ",
		ruleText(first),
		found
	] : ["did not pass"];
}
function places(findings) {
	const paths = [...new Set(findings.map((finding) => finding.path))].filter((path) => path !== null);
	if (paths.length === 0) return ["it"];
	return series(paths.map((path) => code(cut(path, 80))), paths.length > 2 ? 1 : 2);
}
/** In which layer it does not work; the read-only one where that is not known. */
function where(target) {
	const failed = new Set(target.smoke.filter((result) => !result.passed).map((result) => result.layer));
	if (failed.has("permissions") && !failed.has("read-only")) return " on a writable root filesystem";
	return target.policy.layers.includes("read-only") ? " on a read-only root filesystem" : "";
}
/** Smoke tests, each asked in several layers and phases, are counted once. */
function failedTests(target) {
	const tests = new Set(target.smoke.map((result) => result.test));
	const failed = new Set(target.smoke.filter((result) => !result.passed).map((result) => result.test));
	if (failed.size === 0) return "a smoke test failed";
	return `${count(failed.size)} of ${counted(tests.size, "smoke test")} failed`;
}
function ruleText(finding) {
	return foreign(RULES[finding.rule] ?? finding.rule);
}
function together(targets, verdict) {
	const failed = targets.filter((target) => target.verdict === "fail");
	const unjudged = targets.filter((target) => target.verdict === "error");
	const of = `of ${counted(targets.length, "image")}`;
	const names = (some) => series(some.map(name), 3);
	switch (verdict) {
		case "pass": {
			const sum = targets.flatMap((target) => target.attack.filter((run) => target.policy.require.includes(run.layer)).map((run) => run.attempts)).reduce((total, one) => total + one, 0);
			return [`All ${counted(targets.length, "image")} are immutable: ${counted(sum, "attempt")} to change them`];
		}
		case "fail": {
			const and = unjudged.length > 0 ? [`; ${count(unjudged.length)} could not be judged`] : [];
			if (failed.length === 0) return ["The check failed as a whole"];
			return [
				`${count(failed.length)} ${of} ${failed.length === 1 ? "does" : "do"} not pass: `,
				...names(failed),
				...and
			];
		}
		case "error":
			if (unjudged.length === 0) return ["The check as a whole could not be judged"];
			return [`${count(unjudged.length)} ${of} could not be judged: `, ...names(unjudged)];
	}
}
function firstSentence(message) {
	return (message?.split(/\r?\n/).find((line) => line.trim() !== ""))?.trim() ?? "no reason was given";
}

// src/reporters/repairs.ts
const MARK = {
	error: "❌",
	warning: "⚠️",
	note: "ℹ️"
};
/** What to change: findings with their fixes, and the remedy as text to paste. */
function repairs(target, budget) {
	const broken = target.findings.filter((finding) => finding.level === "error");
	const told = target.findings.filter((finding) => finding.level !== "error");
	const warnings = told.filter((finding) => finding.level === "warning");
	const notes = told.filter((finding) => finding.level === "note");
	const quiet = [...warnings.length > 0 ? [counted(warnings.length, "warning")] : [], ...notes.length > 0 ? [counted(notes.length, "note")] : []].join(", ");
	return [
		...broken.length > 0 || target.remedy ? [heading(3, "What to change")] : [],
		...findings(broken, budget),
		...remedy(target.remedy, budget),
		...needs(target, budget),
		...quiet === "" ? [] : [fold([`Worth knowing: ${quiet}`], findings([...warnings, ...notes], budget))]
	];
}
function findings(some, budget) {
	const snippets = some.slice(0, budget.rows).flatMap((finding) => {
		const paste = fixSnippet(finding);
		return paste === null ? [] : [paragraph("For ", ...subject(finding), ":"), snippet("", paste, budget)];
	});
	return [...list(budget, some.map(item)), ...snippets];
}
function item(finding) {
	const place = finding.location ? [
		" in ",
		code(finding.location.file),
		` line ${finding.location.line}`
	] : [];
	const path = finding.path === null ? [] : [code(finding.path), ": "];
	return [[
		`${MARK[finding.level]} `,
		...path,
		foreign(finding.message),
		" (",
		code(finding.rule),
		...place,
		")"
	], ...finding.fix === "" ? [] : [[
		tone("good", "Fix:"),
		" ",
		foreign(fixSentence(finding))
	]]];
}
function subject(finding) {
	return [code(finding.path ?? finding.rule)];
}
/** A fix is a sentence; lines that follow it are text to paste. */
function fixSentence(finding) {
	return finding.fix.split("\n", 1)[0] ?? "";
}
function fixSnippet(finding) {
	const at = finding.fix.indexOf("\n");
	const rest = at < 0 ? "" : finding.fix.slice(at + 1).replace(/^\n+|\s+$/g, "");
	return rest === "" ? null : rest;
}
function remedy(of, budget) {
	if (!of) return [];
	const forms = [
		[
			"Docker",
			"sh",
			of.docker
		],
		[
			"Compose",
			"yaml",
			of.compose
		],
		[
			"Kubernetes",
			"yaml",
			of.kubernetes
		],
		[
			"Dockerfile",
			"dockerfile",
			of.dockerfile
		]
	];
	const proof = of.verified ? [tone("good", "It works with these mounts"), ": it was run once more with exactly them, and every smoke test passed."] : [
		"These mounts are proposed; ",
		tone("unsure", "they were not proven"),
		"."
	];
	const count = of.tmpfs.length;
	return [
		paragraph(...proof, " Put them into the input `tmpfs`", count > 0 ? ` (the complete list, ${counted(count, "line")}):` : ":"),
		snippet("yaml", ["tmpfs: |", ...of.tmpfs.map((mount) => `  ${mount}`)].join("\n"), budget),
		...forms.filter(([, , text]) => text !== "").map(([name, language, text]) => fold([`The same for ${name}`], [snippet(language, text, budget)]))
	];
}
function snippet(language, text, budget) {
	return {
		kind: "snippet",
		language,
		text: text.length <= budget.snippet ? text : `${text.slice(0, budget.snippet)}\n… the rest is in report.json`
	};
}
function needs(target, budget) {
	if (target.needs.length === 0) return [];
	return [foldedTable(budget, [`What the program wants to write: ${counted(target.needs.length, "path")}`], [
		"path",
		"how",
		"program",
		"refused with",
		"seen in"
	], target.needs.map((need) => [
		[code(need.path)],
		need.operations.length > 0 ? series(need.operations.map(code), 8) : ["unknown"],
		[need.program === null ? "unknown" : code(need.program)],
		[need.errno === null ? "not refused" : code(need.errno)],
		[foreign(need.source)]
	]))];
}

// src/reporters/story.ts
/** The whole report, in the order in which a reader asks. The headline is told by the renderer. */
function story(report, budget) {
	const [only] = report.targets;
	return [...report.targets.length === 1 && only ? aboutTarget(only, budget) : several(report.targets, budget), ...origin(report)];
}
/** The line over everything. */
function title(report) {
	const { verdict, phrase } = headline(report);
	return [`${VERDICT_MARK[verdict]} `, ...phrase];
}
function several(targets, budget) {
	if (targets.length === 0) return [];
	const worstFirst = [...targets].sort((a, b) => severity(a) - severity(b));
	const rows = worstFirst.map((target) => [
		[VERDICT_MARK[target.verdict]],
		[code(target.name)],
		statement(target)
	]);
	const told = worstFirst.slice(0, budget.targets);
	return [
		...table(budget, [
			"",
			"image",
			"verdict"
		], rows),
		...told.map((target) => fold([
			`${VERDICT_MARK[target.verdict]} `,
			code(target.name),
			" in detail"
		], aboutTarget(target, budget))),
		...told.length < targets.length ? [paragraph(`The details of ${count(targets.length - told.length)} more images are in \`report.json\`.`)] : []
	];
}
function severity(target) {
	return [
		"fail",
		"error",
		"pass"
	].indexOf(target.verdict);
}
function aboutTarget(target, budget) {
	if (budget.targets === 0) return [paragraph("The details are in `report.json`.")];
	return [
		...mishap(target, budget),
		...works(target, budget),
		...changeable(target, budget),
		...surface(target, budget),
		...drift(target, budget),
		...repairs(target, budget),
		...coverage(target, budget)
	];
}
/** Why it could not be told. A target that broke a rule may have that as well. */
function mishap(target, budget) {
	if (!target.error) return [];
	const { code: name, message } = target.error;
	const text = message.length <= budget.snippet ? message : `${message.slice(0, budget.snippet)}\n… the rest is in report.json`;
	return [heading(3, "What went wrong (", code(name), ")"), {
		kind: "snippet",
		language: "",
		text
	}];
}
function origin(report) {
	const { run, tool } = report;
	const made = ["immutable-check ", code(tool.version)];
	if (!run) return [paragraph(...made, ".")];
	const url = safeUrl(run.url);
	const link = url === null ? [] : [", ", {
		kind: "link",
		text: "workflow run",
		url
	}];
	return [paragraph(...made, ", commit ", code(run.commit.slice(0, 12)), ", ", foreign(run.startedAt), ...link, ".")];
}
/** Only what is an address through and through becomes a link: the report may have been written by another run. */
function safeUrl(url) {
	return /^https?:\/\/[a-z0-9.-]+(:\d+)?(\/[\w.-]+)*\/?$/i.test(url) && url.length < 500 ? url : null;
}

export { VERDICT_TONE as a, visibleLines as c, outranksPermissions as d, sameRights as f, VERDICT_MARK as i, worstVerdict as l, title as n, cut as o, headline as r, visibleLine as s, story as t, describeIdentity as u };