import { d as outranksPermissions, f as sameRights, l as worstVerdict, u as describeIdentity } from "./story.js";
import { n as SUMMARY_LIMIT, r as markdown } from "./markdown.js";
import { createHash, randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { runInNewContext } from "node:vm";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { ChildProcess, spawn } from "node:child_process";
import diagnostics from "node:diagnostics_channel";

// src/model/errors.ts
/** An error that a person can act on. `message` says what happened, why, and what to do. */
var CheckError = class extends Error {
	name = "CheckError";
	code;
	constructor(code, message, options) {
		super(message, options);
		this.code = code;
	}
};
/** Whatever was thrown, as an error with a code; a thrown non-Error keeps its text. */
function asCheckError(thrown) {
	if (thrown instanceof CheckError) return thrown;
	const message = thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
	return new CheckError("internal", `This is a mistake in immutable-check, please report it: ${message}`, { cause: thrown });
}

// src/model/places.ts
/** Whether `path` is `ancestor` or stands below it. Both absolute and normalised. */
function isWithin(path, ancestor) {
	return ancestor === "/" || path === ancestor || path.startsWith(`${ancestor}/`);
}
/** Whether `path` stands below `ancestor` and is not it. */
function isBelow(path, ancestor) {
	return path !== ancestor && isWithin(path, ancestor);
}
/** An absolute path without `.`, `..`, doubled or trailing slashes; null where it is not absolute or leaves the root. */
function normalisePath(path) {
	if (!path.startsWith("/")) return null;
	const parts = [];
	for (const part of path.split("/")) {
		if (part === "" || part === ".") continue;
		if (part === "..") {
			if (parts.pop() === void 0) return null;
		} else parts.push(part);
	}
	return `/${parts.join("/")}`;
}
/**
* The places that decide about a path, of which the longest wins; between equals, what protects wins.
* A tmpfs or mount that is declared at a protected path or above one does not open that path.
*/
var Places = class {
	#places;
	constructor(places) {
		const order = (place) => place.kind === "protected" ? 0 : 1;
		this.#places = [...places].sort((a, b) => b.path.length - a.path.length || order(a) - order(b));
	}
	/** The place that decides about `path`; null where none covers it. */
	of(path) {
		return this.#places.find((place) => isWithin(path, place.path)) ?? null;
	}
	/** Whether changing `path` breaks no rule. */
	mayChange(path) {
		const place = this.of(path);
		return place === null || place.kind !== "protected";
	}
	/** The protected path that decides about `path`, null where another place does. */
	protector(path) {
		const place = this.of(path);
		return place?.kind === "protected" ? place.path : null;
	}
	/** Paths that an attack on the protected paths leaves out: whatever it found there would break nothing. */
	open() {
		return this.#places.filter((place) => place.kind !== "protected" && this.mayChange(place.path)).map((place) => place.path);
	}
	/** What nobody may change. */
	protectedPaths() {
		return this.#places.filter(({ kind }) => kind === "protected").map(({ path }) => path);
	}
};
/** The places that the policy itself names. */
function policyPlaces(protectedPaths, allowed) {
	return [...protectedPaths.map((path) => ({
		path,
		kind: "protected"
	})), ...allowed.map(({ path }) => ({
		path,
		kind: "allowed"
	}))];
}

// src/model/judge/reach.ts
/** Whether changing `at` changes what the protected path `path` is or, where that is a link, what it leads to. */
function isOf(at, path, result, seen) {
	if (isWithin(at, path) && !seen.places.mayChange(at)) return true;
	return result.realPaths.some((link) => link.path === path && isWithin(at, link.real) && !seen.places.mayChange(renamed(at, link.real, path)));
}
/**
* Whether `observation` takes away a directory above `path`, or changes its mode so that its entries can be taken away:
* then something else can be put in the place of `path`.
*/
function removes(observation, path, result) {
	return (observation.operation === "delete" || observation.operation === "chmod") && [path, ...result.realPaths.filter((link) => link.path === path).map((link) => link.real)].some((name) => name !== observation.path && isWithin(name, observation.path));
}
/** Whether a change at `at`, or an attempt that succeeded there, is anybody's business. */
function isProtected(at, result, seen) {
	return !seen.places.mayChange(at) || seen.places.protectedPaths().some((path) => isOf(at, path, result, seen));
}
/** Whether a successful attempt breaks a rule. What stands in no place of the policy was not to be met at all. */
function breaks(observation, result, seen) {
	return seen.places.of(observation.path) === null || isProtected(observation.path, result, seen) || seen.places.protectedPaths().some((path) => removes(observation, path, result));
}
function renamed(at, from, to) {
	const rest = from === "/" ? at : at.slice(from.length);
	return rest === "" || rest === "/" ? to : `${to === "/" ? "" : to}${rest}`;
}

// src/model/judge/behaviour.ts
const LAYER_WORDS = {
	"read-only": "with a read-only root filesystem",
	permissions: "with a writable root filesystem"
};
/** What the program did in one layer: whether it runs, answers, and leaves its own files alone. */
function judgeBehaviour(seen, required) {
	const level = required ? "error" : "warning";
	const where = LAYER_WORDS[seen.layer];
	const findings = [];
	if (seen.ended !== null) findings.push({
		rule: "program-ended",
		level,
		path: null,
		message: `The program does not keep running ${where}: ${seen.ended}`,
		fix: seen.layer === "read-only" ? "If its log names a path that it may not write, add that path to `tmpfs`. A program that puts itself into the background has to stay in the foreground; a job that is meant to end needs `expect-exit`." : "Run the image by hand without `--read-only` and without the tmpfs mounts to see why. A job that is meant to end needs `expect-exit`.",
		location: null
	});
	for (const result of seen.smoke.filter((one) => !one.passed)) {
		const after = result.phase === "after-attack";
		if (seen.ended !== null) continue;
		findings.push({
			rule: after ? "smoke-failed-after-attack" : "smoke-failed",
			level,
			path: null,
			message: `${result.test} fails ${where}${after ? ", after the attack" : ""}: ${result.reason ?? "no reason is known"}`,
			fix: after ? "It passed before the attack, so something that the program needs could be changed, or it breaks when somebody tries. The findings about changeable paths come first." : "Check the port, the request and what is expected of the answer. If the program needs to write somewhere, add that path to `tmpfs`.",
			location: null
		});
	}
	const drifted = seen.layer === "read-only" ? seen.drift : seen.drift.filter(({ path }) => !seen.places.mayChange(path) || seen.attacks.some(({ result }) => isProtected(path, result, seen)));
	if (drifted.length > 0) {
		const shown = drifted.slice(0, 5).map(({ path, change }) => `${path} (${change})`);
		findings.push({
			rule: "drift",
			level: required ? "error" : "note",
			path: drifted[0]?.path ?? null,
			message: `The container's own filesystem changed while it ran ${where}: ${shown.join(", ")}${drifted.length > 5 ? ` and ${drifted.length - 5} more` : ""}.`,
			fix: "Let the program write to a tmpfs or a declared volume instead, or do at build time what it does at start.",
			location: null
		});
	}
	if (seen.alone && seen.attacks.length > 0) findings.push({
		rule: "no-process",
		level: "note",
		path: null,
		message: `No process stayed running ${where}; the attack was made by the probe as the container's only process, as the image's user.`,
		fix: "Nothing, if the program is meant to end.",
		location: null
	});
	return findings;
}
/** What should have been asked of the program in this layer and was not; null where everything was. */
function unasked(seen) {
	if (!seen.smoke.some(({ phase }) => phase === "before-attack")) return "no smoke test was made.";
	if (seen.alone || seen.ended !== null || seen.smoke.some(({ passed }) => !passed) || seen.smoke.some(({ phase }) => phase === "after-attack")) return null;
	return "no smoke test was made after the attack.";
}

// src/model/judge/aliases.ts
/**
* What is mounted read-only at a protected path and writable somewhere else: an attempt at the one place is refused, and
* the content is changed at the other.
*/
function judgeAliases(seen, required) {
	const persistent = seen.mounts.filter(({ kind, source }) => kind !== "tmpfs" && source !== "");
	const protectedPaths = seen.places.protectedPaths();
	return persistent.filter((mount) => !seen.places.mayChange(mount.path) || protectedPaths.some((path) => isWithin(path, mount.path))).flatMap((mount) => {
		const other = persistent.find((one) => one !== mount && one.writable && sharesContent(one, mount));
		return other ? [{
			mount,
			other
		}] : [];
	}).map(({ mount, other }) => ({
		rule: "writable-mount",
		level: required ? "error" : "note",
		path: mount.path,
		message: `What is mounted at ${mount.path} is mounted writable at ${other.path} as well, and can be changed there ${LAYER_WORDS[seen.layer]}.`,
		fix: `Mount ${other.path} read-only too, or something else there.`,
		location: null
	}));
}
function sharesContent(one, other) {
	if (one.kind !== other.kind) return false;
	return one.source === other.source || one.kind === "bind" && (isWithin(one.source, other.source) || isWithin(other.source, one.source));
}

// src/model/tally.ts
/** Answers of the kernel that refuse a change. */
const REFUSALS$2 = /* @__PURE__ */ new Set([
	"EROFS",
	"EACCES",
	"EPERM"
]);
/** Adds up what the attempts of one run came to. What vanished while the walk came by was not attempted. */
function sumTallies(tallies) {
	const blocked = {};
	let succeeded = 0;
	let inconclusive = 0;
	let covered = 0;
	for (const { answer, count } of tallies) if (answer === "OK") succeeded += count;
	else if (answer === "COVERED") covered += count;
	else if (REFUSALS$2.has(answer)) blocked[answer] = (blocked[answer] ?? 0) + count;
	else if (answer !== "GONE") inconclusive += count;
	return {
		attempts: succeeded + inconclusive + Object.values(blocked).reduce((sum, one) => sum + one, 0),
		blocked,
		succeeded,
		inconclusive,
		covered
	};
}

// src/model/judge/mounts.ts
/** The mount that holds `path`: the longest, and among equals the last, which lies on top. */
function mountOf(mounts, path) {
	let best = null;
	for (const mount of mounts) if (isWithin(path, mount.path) && (best === null || mount.path.length >= best.path.length)) best = mount;
	return best;
}
function originOf(seen, result, path) {
	const mount = mountOf(result.mounts, path);
	if (mount === null || mount.path === "/") return {
		kind: "root",
		path: "/",
		request: null
	};
	const request = seen.mounts.find((one) => one.path === mount.path) ?? null;
	if (request) return {
		kind: request.kind,
		path: mount.path,
		request
	};
	return {
		kind: mount.type === "tmpfs" ? "tmpfs" : "other",
		path: mount.path,
		request: null
	};
}

// src/model/judge/attack.ts
/** More holes than this in one layer are counted, not listed one by one. */
const LISTED = 50;
/** What the attack on one layer broke, and what it saw beside. */
function judgeAttack(seen, required, imageVolumes) {
	const level = required ? "error" : "note";
	const holes = findHoles(seen);
	const findings = holes.slice(0, LISTED).map((hole) => describeHole(hole, seen, level, imageVolumes));
	if (holes.length > LISTED) findings.push({
		rule: seen.layer === "read-only" ? "writable-under-read-only" : "writable-under-permissions",
		level,
		path: null,
		message: `${holes.length - LISTED} more places can be changed ${LAYER_WORDS[seen.layer]}.`,
		fix: "Mend those that are listed first; many have the same cause.",
		location: null
	});
	return [
		...findings,
		...judgeRoot(seen, holes, level),
		...judgeRights(seen, level),
		...judgeLinks(seen, required),
		...judgeEntered(seen)
	];
}
/** The topmost changeable places, each with all that can be changed below it on the same mount. */
function findHoles(seen) {
	const entries = /* @__PURE__ */ new Map();
	seen.attacks.forEach(({ result }, identity) => {
		for (const observation of result.observations) {
			if (observation.outcome.kind !== "succeeded" || !breaks(observation, result, seen)) continue;
			const { path, operation } = observation;
			const entry = entries.get(path) ?? {
				operations: /* @__PURE__ */ new Set(),
				identities: /* @__PURE__ */ new Set(),
				origin: originOf(seen, result, path)
			};
			entry.operations.add(operation);
			entry.identities.add(identity);
			entries.set(path, entry);
		}
	});
	const holes = [];
	const paths = [...entries.keys()].sort((a, b) => a.replaceAll("/", "\0") < b.replaceAll("/", "\0") ? -1 : 1);
	for (const path of paths) {
		const entry = entries.get(path);
		if (!entry) continue;
		const top = holes.findLast((hole) => isWithin(path, hole.path) && hole.origin.path === entry.origin.path);
		if (top) {
			top.count += 1;
			for (const identity of entry.identities) top.identities.add(identity);
		} else holes.push({
			path,
			...entry,
			count: 1
		});
	}
	return holes;
}
/**
* A root filesystem that the kernel shows as writable is not what was asked for, even where modes kept every
* identity from changing anything: engines have ignored `--read-only` (moby issue 46074).
*/
function judgeRoot(seen, holes, level) {
	if (seen.layer !== "read-only" || holes.some(({ origin }) => origin.kind === "root")) return [];
	if (!seen.attacks.some(({ result }) => {
		const root = mountOf(result.mounts, "/");
		return root?.path === "/" && !root.readOnly;
	})) return [];
	return [{
		rule: "read-only-ignored",
		level,
		path: "/",
		message: "The container was to run with a read-only root filesystem, and the kernel shows it as writable. Only modes and owners kept the program from changing it.",
		fix: "Check that neither `run-options` nor the engine undoes `--read-only`, and report it to the makers of the engine.",
		location: null
	}];
}
/** On a writable root filesystem somebody with these rights changes what they like, one step later. */
function judgeRights(seen, level) {
	const able = seen.attacks.filter(({ result }) => outranksPermissions(result.identity));
	if (seen.layer !== "permissions" || able.length === 0) return [];
	return [{
		rule: "writable-under-permissions",
		level,
		path: null,
		message: `A process without root's uid has CAP_CHOWN or CAP_SETFCAP (${able.map(({ result }) => describeIdentity(result.identity)).join("; ")}): it can give every file to itself.`,
		fix: "Let the program drop its capabilities with its uid, or start it as that user (`USER`).",
		location: null
	}];
}
function describeHole(hole, seen, level, imageVolumes) {
	const who = [...hole.identities].map((index) => seen.attacks[index]?.result.identity).filter((identity) => identity !== void 0).map(describeIdentity).join("; ");
	const below = hole.count > 1 ? `, with ${hole.count - 1} more below it` : "";
	const how = `(${[...hole.operations].join(", ")} as ${who})`;
	const base = {
		level,
		path: hole.path,
		location: null
	};
	const where = LAYER_WORDS[seen.layer];
	if (hole.origin.kind === "volume" && !hole.origin.request?.declared) {
		const declares = imageVolumes.includes(hole.origin.path) ? `the image's VOLUME ${hole.origin.path}` : `the anonymous volume at ${hole.origin.path}`;
		return {
			...base,
			rule: "writable-volume",
			message: `${hole.path} can be changed ${where}${below}: ${declares} stays writable in spite of \`--read-only\` ${how}.`,
			fix: `Remove \`VOLUME ${hole.origin.path}\` from the Dockerfile, or mount a named volume read-only over it (input \`volumes\`: \`NAME:${hole.origin.path}:ro\`, which keeps the image's content). If it has to be writable, say so: \`allow-writable\`: \`${hole.origin.path} # reason\`.`
		};
	}
	if (hole.origin.kind !== "root") {
		const words = {
			volume: `the volume ${hole.origin.request?.source ?? ""}`,
			bind: `the bind mount of ${hole.origin.request?.source ?? ""}`,
			tmpfs: "a tmpfs",
			other: "a mount of its own"
		}[hole.origin.kind];
		const over = seen.places.protector(hole.origin.path);
		return {
			...base,
			rule: "writable-mount",
			message: `${hole.path} can be changed ${where}${below}: ${words.trim()} is mounted at ${hole.origin.path}, writable ${how}.`,
			fix: hole.origin.kind === "tmpfs" ? `Mount the tmpfs deeper, beside what is protected${over ? ` (${over} itself may not be one)` : ""}, or name it in \`allow-writable\`: \`${hole.origin.path} # reason\`.` : `Mount it read-only (\`:ro\`), or name it in \`allow-writable\`: \`${hole.origin.path} # reason\`.`
		};
	}
	if (seen.layer === "read-only") {
		const rule = seen.rootReadOnly ? "read-only-ignored" : "writable-under-read-only";
		return {
			...base,
			rule,
			message: `${hole.path} can be changed ${where}${below} ${how}${seen.rootReadOnly ? ", although the engine says that the root filesystem is read-only" : ""}.`,
			fix: "The root filesystem is not read-only: check that neither `run-options` nor the engine undoes `--read-only`, and report it to the makers of the engine."
		};
	}
	return {
		...base,
		rule: "writable-under-permissions",
		message: `${hole.path} can be changed by its modes and owners alone${below} ${how}.`,
		fix: mendPermissions(hole, seen)
	};
}
/** Directories that every distribution makes writable for everybody. */
const TEMPORARY = /* @__PURE__ */ new Set([
	"/tmp",
	"/var/tmp",
	"/run/lock",
	"/run"
]);
function mendPermissions(hole, seen) {
	if ([...hole.identities].some((index) => seen.attacks[index]?.result.identity.uid === 0)) return "Run as somebody else than root (`USER` in the Dockerfile, or `user`): modes do not bind root.";
	if (TEMPORARY.has(hole.path)) return `${hole.path} is meant to be written to: only a read-only root filesystem with a tmpfs there protects the image. Where modes alone have to do, name it in \`allow-writable\`.`;
	const path = hole.path === "/" ? "/PATH" : hole.path;
	return `After the last COPY: \`RUN chown -R 0:0 ${path} && find ${path} -type d -exec chmod 755 {} + && find ${path} -type f -exec chmod 644 {} +\` (755 for programs), before the final \`USER\`.`;
}
/** Links of the system itself that lead to places which are meant to be writable. */
const SYSTEM_LINKS = /* @__PURE__ */ new Set(["/var/run", "/var/lock"]);
function judgeLinks(seen, required) {
	const links = /* @__PURE__ */ new Map();
	for (const { result } of seen.attacks) for (const link of result.links) if (!SYSTEM_LINKS.has(link.path) && !isAllowed(link, result, seen)) links.set(link.path, link);
	const all = [...links.values()];
	const findings = all.slice(0, LISTED).map((link) => {
		return {
			rule: "link-to-writable",
			level: required ? seen.places.protector(link.path) === "/" ? "warning" : "error" : "note",
			path: link.path,
			message: `${link.path} is a symbolic link to ${link.target}, where anything can be put ${LAYER_WORDS[seen.layer]} (${link.operation} succeeded).`,
			fix: `Replace the link by what it should hold, or let it lead to a protected place. If it has to lead there, say so: \`allow-writable\`: \`${link.path} # reason\`.`,
			location: null
		};
	});
	if (all.length > LISTED) findings.push({
		rule: "link-to-writable",
		level: all.slice(LISTED).some((link) => required && seen.places.protector(link.path) !== "/") ? "error" : "warning",
		path: null,
		message: `${all.length - LISTED} more symbolic links lead to places that can be changed.`,
		fix: "Mend those that are listed first.",
		location: null
	});
	return findings;
}
function isAllowed(link, result, seen) {
	return seen.places.of(link.path)?.kind === "allowed" && !isProtected(link.path, result, seen);
}
/** Programs are the same in every layer: one finding for all. */
function judgePrivileged(evidence) {
	const attacks = evidence.flatMap((seen) => seen.attacks.map(({ result }) => result)).filter(({ identity }) => identity.uid !== 0);
	const programs = new Map(attacks.flatMap(({ privileged }) => privileged.map(({ path, kind }) => [path, kind])));
	if (programs.size === 0) return [];
	const shown = [...programs].slice(0, 20).map(([path, kind]) => `${path} (${kind})`);
	const harmless = attacks.every(({ noNewPrivileges }) => noNewPrivileges);
	return [{
		rule: "privileged-program-reachable",
		level: harmless ? "note" : "warning",
		path: [...programs.keys()][0] ?? null,
		message: `${programs.size} programs give other rights to whoever runs them${harmless ? ", which no-new-privileges prevents here" : ""}: ${shown.join(", ")}${programs.size > 20 ? ` and ${programs.size - 20} more` : ""}.`,
		fix: "Run with `--security-opt no-new-privileges` (Kubernetes: `allowPrivilegeEscalation: false`), or take the bits away in the Dockerfile: `RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +`.",
		location: null
	}];
}
/** What a colleague who debugs in production could do: told apart, as nobody in the container is root. */
function judgeEntered(seen) {
	if (!seen.entered) return [];
	const { result } = seen.entered;
	const broken = result.observations.filter((observation) => observation.outcome.kind === "succeeded" && breaks(observation, result, seen));
	const paths = [...new Set(broken.map(({ path }) => path))].sort();
	const changed = paths.filter((path) => !paths.some((other) => isBelow(path, other)));
	const { attempts } = sumTallies(result.tallies);
	const base = {
		rule: "entered-as-root",
		level: "note",
		path: changed[0] ?? null,
		location: null
	};
	if (changed.length === 0) return [{
		...base,
		message: `Somebody who enters the container as root (\`docker exec --user 0\`) cannot change it either: ${attempts} attempts, none succeeded.`,
		fix: "Nothing."
	}];
	const shown = changed.slice(0, 3);
	return [{
		...base,
		message: `Somebody who enters the container as root (\`docker exec --user 0\`) can change it: ${shown.join(", ")}${changed.length > 3 ? ` and ${changed.length - 3} more` : ""}.`,
		fix: "Mount what is writable there read-only, or allow nobody to enter the container."
	}];
}

// src/model/judge/controls.ts
/** What has to succeed in a directory that is writable for everybody. Extended attributes are not everywhere on tmpfs. */
const POSITIVE = [
	"create",
	"mkdir",
	"symlink",
	"delete",
	"open-write",
	"chmod",
	"utimens"
];
/** What has to be refused by a read-only mount. */
const NEGATIVE = [
	"create",
	"mkdir",
	"symlink",
	"delete",
	"chmod",
	"utimens"
];
/**
* Whether this attack could see at all: in a place that everybody may write to every attempt has to succeed, and on a
* read-only mount every one has to be refused for that reason. Where a filter (seccomp, an LSM) answers for the kernel,
* or the mounts are not what they are said to be, a refusal proves nothing.
*/
function judgeControls(result) {
	const answer = (kind, operation) => result.controls.find((control) => control.kind === kind && control.operation === operation)?.answer ?? "no answer";
	const wrong = [...POSITIVE.map((operation) => ({
		operation,
		kind: "writable",
		wanted: "OK"
	})), ...NEGATIVE.map((operation) => ({
		operation,
		kind: "read-only",
		wanted: "EROFS"
	}))].filter(({ operation, kind, wanted }) => answer(kind, operation) !== wanted);
	if (wrong.length === 0) return null;
	const shown = wrong.slice(0, 4).map(({ operation, kind, wanted }) => `${operation} in the ${kind} place: ${answer(kind, operation)} instead of ${wanted}`);
	return new CheckError("control-failed", `The attack as ${describeIdentity(result.identity)} proves nothing, because what is known beforehand came out otherwise (${shown.join("; ")}). A seccomp profile or another filter may answer in the kernel's place: check the image without it.`);
}

// src/model/judge/paths.ts
/** Answers that name the mount before they look at modes; see docs/how-it-works.md. */
const MOUNT_FIRST = [
	"create",
	"mkdir",
	"symlink",
	"setxattr",
	"chmod",
	"utimens",
	"delete"
];
/** Answers by which the kernel refuses a change; any other says nothing of the right to it. */
const REFUSALS$1 = [
	"EROFS",
	"EACCES",
	"EPERM"
];
/** Attempts by way of another process: that this way is closed says nothing of the straight one. */
const ROUNDABOUT = ["via-root", "via-descriptor"];
/** What one layer says of one protected path. */
function judgePaths(path, layer, seen, offset) {
	const notObserved = (why) => ({
		protection: "inconclusive",
		examples: [],
		error: new CheckError("not-observed", `${path} was not judged in the layer "${layer}": ${why}`)
	});
	if (!seen) return notObserved("its container was never started.");
	if (seen.attacks.length === 0) return notObserved("no attack was completed.");
	const examples = seen.attacks.flatMap(({ result }, index) => examplesFor(path, layer, result, seen, offset + index));
	if (examples.length > 0) return {
		protection: "writable",
		examples: examples.slice(0, 20),
		error: null
	};
	for (const { result } of seen.attacks) {
		const why = gap(path, result, seen);
		if (why) return notObserved(why);
	}
	return {
		protection: seen.attacks.every(({ result }) => protectedByMount(path, result)) ? "mount" : "permissions",
		examples: [],
		error: null
	};
}
function examplesFor(path, layer, result, seen, identity) {
	const byPath = /* @__PURE__ */ new Map();
	for (const observation of result.observations) {
		if (observation.outcome.kind !== "succeeded") continue;
		if (!isOf(observation.path, path, result, seen) && !removes(observation, path, result)) continue;
		const operations = byPath.get(observation.path) ?? /* @__PURE__ */ new Set();
		operations.add(observation.operation);
		byPath.set(observation.path, operations);
	}
	return [...byPath.entries()].map(([at, operations]) => ({
		layer,
		path: at,
		operations: [...operations],
		identity
	}));
}
function gap(path, result, seen) {
	if (result.idle) return "the attack was left undone.";
	if (result.missing.includes(path)) return "it does not exist.";
	if (result.unknown.includes(path) && !isKnown(path, seen)) return "it lies behind a directory that is closed to the identity that attacked, and nobody else could tell whether it exists.";
	const inconclusive = result.observations.find((one) => one.outcome.kind === "inconclusive" && (isOf(one.path, path, result, seen) || removes(one, path, result)));
	if (inconclusive?.outcome.kind === "inconclusive") return `no attempt on ${inconclusive.path} was conclusive (${inconclusive.outcome.reason}).`;
	const unlisted = result.unlisted.find((one) => isOf(one.path, path, result, seen));
	if (unlisted) return `what stands in ${unlisted.path} could not be listed.`;
	const astray = leftOut(path, result, seen);
	if (astray) return `the exception ${astray.path} is a link to ${astray.real}, which was left out of the attack. Name ${astray.real} itself in "allow-writable", or take the exception out.`;
	if (result.omitted > 0) return `${result.omitted} lines of the probe were left out.`;
	const counted = result.tallies.reduce((sum, { answer, count }) => sum + (answer === "OK" ? count : 0), 0);
	const told = result.observations.filter(({ outcome }) => outcome.kind === "succeeded").length + result.links.length;
	if (counted > told) return `the probe counted ${counted} successful attempts and told ${told} of them.`;
	return result.tallies.some((tally) => tally.path === path && REFUSALS$1.includes(tally.answer) && !ROUNDABOUT.includes(tally.operation)) ? null : "no attempt was made on it.";
}
/**
* A part of the path that the attack left out because an open place that is a link leads there. Only a mount that is
* meant is excused: the one at a declared place that stands under the same protected path.
*/
function leftOut(path, result, seen) {
	const open = new Set(seen.places.open());
	const isMeant = (link) => seen.places.of(link.path)?.kind !== "allowed" && isWithin(link.path, path) && result.mounts.some((mount) => mount.path === link.real);
	return result.realPaths.find((link) => open.has(link.path) && isOf(link.real, path, result, seen) && !isMeant(link));
}
/** Whether somebody saw that the path exists. */
function isKnown(path, seen) {
	return [...seen.attacks, ...seen.entered ? [seen.entered] : []].some(({ result }) => !result.idle && !result.unknown.includes(path) && !result.missing.includes(path));
}
function protectedByMount(path, result) {
	const tallies = result.tallies.filter((tally) => tally.path === path && MOUNT_FIRST.includes(tally.operation));
	return tallies.some(({ answer }) => answer === "EROFS") && !tallies.some(({ answer }) => answer === "EACCES" || answer === "EPERM");
}

// src/model/judge/surface.ts
/**
* Everything that could be written although the root filesystem is read-only: mounts in which an attempt
* succeeded, be it one of the walk's or the single one that is made in a mount that the walk leaves out.
*/
function describeSurface(seen, offset) {
	if (!seen) return [];
	const writers = /* @__PURE__ */ new Map();
	const note = (path, identity) => {
		const identities = writers.get(path) ?? /* @__PURE__ */ new Set();
		identities.add(offset + identity);
		writers.set(path, identities);
	};
	seen.attacks.forEach(({ result }, identity) => {
		for (const place of result.places) if (place.outcome.kind === "succeeded") note(place.path, identity);
		for (const observation of result.observations) {
			if (observation.outcome.kind !== "succeeded") continue;
			const mount = mountOf(result.mounts, observation.path);
			if (mount) note(mount.path, identity);
		}
	});
	for (const mount of seen.mounts) if (mount.writable && mount.declared && !writers.has(mount.path)) writers.set(mount.path, /* @__PURE__ */ new Set());
	return [...writers.entries()].sort(([a], [b]) => a < b ? -1 : 1).map(([path, identities]) => {
		const mount = seen.attacks.map(({ result }) => mountOf(result.mounts, path)).find((one) => one !== null) ?? null;
		const request = seen.mounts.find((one) => one.path === path);
		const place = seen.places.of(path);
		const declared = request?.declared === true || place?.kind === "allowed";
		return {
			path,
			kind: request?.kind ?? mount?.type ?? "unknown",
			identities: [...identities].sort((a, b) => a - b),
			executable: !(mount?.options.includes("noexec") ?? false),
			declared,
			expected: declared || place?.kind === "provided" && isWithin(path, place.path)
		};
	});
}

// src/model/judge/places.ts
/** Places beside the protected paths: those that nobody declared, and exceptions that nobody needs. */
function judgePlaces(seen, policy) {
	return seen.layer === "read-only" ? [...unexpected(seen), ...unused(seen, policy)] : [];
}
/** Under a protected path such a place is a violation already; elsewhere it is a surprise. */
function unexpected(seen) {
	return describeSurface(seen, 0).filter((place) => !place.expected && seen.places.protector(place.path) === null).map((place) => ({
		rule: "unexpected-place",
		level: "warning",
		path: place.path,
		message: `${place.path} (${place.kind}) can be written to, and nothing declares it${place.executable ? "; programs put there can be run" : ""}.`,
		fix: `If it is meant so, declare it (\`tmpfs\`, \`volumes\`); otherwise remove the VOLUME or the mount.`,
		location: null
	}));
}
/** An exception that nothing needs any more only makes it easier to overlook the next hole. */
function unused(seen, policy) {
	const result = seen.attacks[0]?.result;
	if (!result || policy.require.includes("permissions") || !mountOf(result.mounts, "/")?.readOnly) return [];
	return policy.allowWritable.map(({ path }) => path).filter((path) => !result.realPaths.some((link) => link.path === path)).filter((path) => mountOf(result.mounts, path)?.readOnly !== false).filter((path) => !result.mounts.some((mount) => !mount.readOnly && isWithin(mount.path, path))).map((path) => ({
		rule: "allowance-unused",
		level: "note",
		path,
		message: `\`allow-writable\` names ${path}, and nothing writable is mounted there.`,
		fix: "Take it out of `allow-writable`.",
		location: null
	}));
}

// src/model/judge/ways.ts
/** Whether an identity can change the mounts, and with them what they protect. */
function judgeMounts(seen, required) {
	return [...seen.attacks.flatMap(({ result }) => describeMounts(seen, result, required)), ...judgePowers(seen, required)];
}
/** Whoever lives in the container now: a right that was given may have been used before anybody looked. */
function judgePowers(seen, required) {
	if (seen.powers.length === 0) return [];
	return [{
		rule: "mounts-changeable",
		level: required ? "error" : "note",
		path: null,
		message: `The container is given ${seen.powers.join(", ")}: with that, mounts can be changed, the probe's own too, and nothing that is seen in it proves anything.`,
		fix: "Take these rights away: no `--privileged`, no `--cap-add` of them.",
		location: null
	}];
}
/** What an identity can do beside changing files; the same in every layer, so one finding of a kind for all. */
function judgeWays(evidence) {
	const attacks = evidence.flatMap((seen) => seen.attacks.map(({ result }) => result));
	return [...judgeNamespace(attacks), ...judgeMemory(attacks)];
}
function succeeded(result, where) {
	return result.mountAttempts.filter((attempt) => attempt.answer === "OK" && where.includes(attempt.where));
}
/** In a mount namespace of its own the kernel asks for the same right as in the container's. */
function describeMounts(seen, result, required) {
	const done = succeeded(result, ["container", "own-namespace"]);
	if (done.length === 0 && !result.mountsChanged) return [];
	const how = [...new Set(done.map(({ operation, path }) => `${operation} ${path}`))].slice(0, 6).join(", ");
	return [{
		rule: "mounts-changeable",
		level: required ? "error" : "note",
		path: done[0]?.path ?? null,
		message: `The mounts themselves can be changed ${LAYER_WORDS[seen.layer]} as ${describeIdentity(result.identity)}${how ? `: ${how}` : ""}. What protects by a mount protects nothing then.`,
		fix: "Take CAP_SYS_ADMIN away: no `--privileged`, no `--cap-add SYS_ADMIN`.",
		location: null
	}];
}
function judgeNamespace(attacks) {
	const able = attacks.filter((result) => succeeded(result, ["user-namespace"]).length > 0);
	if (able.length === 0) return [];
	return [{
		rule: "user-namespace",
		level: "note",
		path: null,
		message: `A process can make a user namespace with mounts of its own (${names(able)}). They change nothing for the rest of the container; they are a way to more of the kernel.`,
		fix: "Run with a seccomp profile that refuses unshare, as engines do by default.",
		location: null
	}];
}
function judgeMemory(attacks) {
	const able = attacks.filter((result) => result.memory.some(({ answer }) => answer === "OK"));
	if (able.length === 0) return [];
	return [{
		rule: "process-memory",
		level: "note",
		path: null,
		message: `Processes can open the memory of others of the container for writing (${names(able)}): that changes no file, but what runs.`,
		fix: "Set `kernel.yama.ptrace_scope` to 1 or more on the hosts.",
		location: null
	}];
}
function names(results) {
	return [...new Set(results.map(({ identity }) => describeIdentity(identity)))].join("; ");
}

// src/model/target.ts
const LAYERS = ["read-only", "permissions"];

// src/model/verdict.ts
/**
* The only place that decides. `fail` beats `error` beats `pass`, and `pass` needs everything that was planned
* to have been seen: a layer without evidence, an attack without an identity, a protected path that no attempt
* told anything about are each an error.
*/
function judge$1(policy, image, evidence, errors) {
	const findings = [];
	const untold = [...errors];
	const offset = /* @__PURE__ */ new Map();
	let attacks = 0;
	untold.push(...unplanned(policy));
	for (const layer of policy.layers) {
		const seen = evidence.find((one) => one.layer === layer);
		if (!seen) continue;
		offset.set(layer, attacks);
		attacks += seen.attacks.length;
		const required = policy.require.includes(layer);
		findings.push(...judgeBehaviour(seen, required), ...judgeAttack(seen, required, image.volumes), ...judgeMounts(seen, required), ...judgeAliases(seen, required), ...judgePlaces(seen, policy));
		untold.push(...seen.errors);
		for (const { result } of seen.attacks) {
			const blind = judgeControls(result);
			if (blind) untold.push(blind);
		}
		const silent = unasked(seen);
		if (silent) untold.push(new CheckError("not-observed", `In the layer "${layer}" ${silent}`));
	}
	const planned = evidence.filter(({ layer }) => policy.layers.includes(layer));
	findings.push(...judgePrivileged(planned), ...judgeWays(planned));
	const paths = policy.protectedPaths.map((path) => {
		const told = /* @__PURE__ */ new Map();
		for (const layer of LAYERS) {
			const seen = policy.layers.includes(layer) ? evidence.find((one) => one.layer === layer) : void 0;
			if (!policy.layers.includes(layer)) continue;
			told.set(layer, judgePaths(path, layer, seen ?? null, offset.get(layer) ?? 0));
		}
		for (const { error } of told.values()) if (error) untold.push(error);
		return {
			path,
			readOnly: told.get("read-only")?.protection ?? "not-tested",
			permissions: told.get("permissions")?.protection ?? "not-tested",
			examples: [...told.values()].flatMap(({ examples }) => examples).slice(0, 20)
		};
	});
	findings.sort((a, b) => rank(a) - rank(b));
	const broken = findings.some((finding) => finding.level === "error");
	const error = untold.find((one) => one.code !== "not-observed") ?? untold[0] ?? null;
	return {
		verdict: broken ? "fail" : error ? "error" : "pass",
		error,
		findings,
		paths,
		surface: describeSurface(evidence.find((one) => one.layer === "read-only") ?? null, offset.get("read-only") ?? 0)
	};
}
/** A policy that asks for nothing cannot be met: it would pass whatever is seen. */
function unplanned({ layers, require, protectedPaths }) {
	const left = require.filter((layer) => !layers.includes(layer));
	return [
		...protectedPaths.length === 0 ? ["no path is protected."] : [],
		...require.length === 0 ? ["no layer is required."] : [],
		...left.map((layer) => `the layer "${layer}" is required, and was not to be checked.`)
	].map((why) => new CheckError("not-observed", `Nothing can be told: ${why}`));
}
function rank(finding) {
	return {
		error: 0,
		warning: 1,
		note: 2
	}[finding.level];
}

// src/model/name.ts
/**
* File names are bytes, and hostile ones at that. The probe writes every byte outside printable ASCII,
* the backslash and the space as `\xNN`; here such text becomes what people read: UTF-8 where it is
* valid and printable, and `\xNN` for every other byte. The result holds no control character, no line
* break and no direction override, so that each reporter only has to escape its own form's syntax.
*/
function showName(escaped) {
	return showBytes(nameBytes(escaped));
}
/** The bytes that an escaped name of the probe stands for. */
function nameBytes(escaped) {
	const bytes = [];
	for (let at = 0; at < escaped.length; at++) {
		const hex = /^\\x([0-9a-f]{2})/i.exec(escaped.slice(at, at + 4));
		if (hex) {
			bytes.push(Number.parseInt(hex[1] ?? "", 16));
			at += 3;
		} else bytes.push(escaped.charCodeAt(at) & 255);
	}
	return Uint8Array.from(bytes);
}
const UNPRINTABLE = /[\p{C}\u2028\u2029\\]/u;
/** Bytes as readable text; see `showName`. */
function showBytes(bytes) {
	let shown = "";
	for (let at = 0; at < bytes.length;) {
		const length = utf8Length(bytes[at] ?? 0);
		const character = length > 0 ? decode(bytes.subarray(at, at + length)) : null;
		if (character !== null && !UNPRINTABLE.test(character)) {
			shown += character;
			at += length;
		} else {
			shown += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, "0")}`;
			at += 1;
		}
	}
	return shown;
}
function utf8Length(first) {
	if (first < 128) return 1;
	if (first >= 194 && first < 224) return 2;
	if (first >= 224 && first < 240) return 3;
	if (first >= 240 && first < 245) return 4;
	return 0;
}
const decoder = new TextDecoder("utf-8", {
	fatal: true,
	ignoreBOM: true
});
function decode(bytes) {
	try {
		return decoder.decode(bytes);
	} catch {
		return null;
	}
}

// src/model/operations.ts
/** What the probe attempts, by the name it reports it under. */
const OPERATIONS = [
	"create",
	"mkdir",
	"symlink",
	"delete",
	"open-write",
	"setxattr",
	"chmod",
	"utimens",
	"regain",
	"via-root",
	"via-descriptor"
];

// src/check/attack/lines.ts
/** The longest line in bytes; the probe writes none that is longer. */
const LONGEST_LINE = 65536;
/** More lines than any run writes: 10,000 of each limited kind, and a few for mounts and paths. What comes after is damage. */
const MOST_LINES = 5e5;
/** More bytes than any honest run writes: 10,000 of the longest paths never come together. */
const MOST_BYTES$1 = 67108864;
const PROTOCOL = "1";
/** Answers of the kernel that refuse a change; any other errno says nothing of the right to it. */
const REFUSALS = [
	"EROFS",
	"EACCES",
	"EPERM"
];
/** How many fields follow each kind of line. */
const FIELDS = {
	P: 1,
	I: 5,
	L: 4,
	R: 2,
	M: 6,
	N: 1,
	S: 2,
	U: 3,
	Z: 1,
	K: 3,
	X: 4,
	D: 1,
	W: 2,
	T: 4,
	Q: 1,
	O: 1,
	E: 2,
	Y: 1,
	C: 3,
	G: 4,
	A: 1,
	F: 3,
	V: 1
};
const MOUNT_OPERATIONS = [
	"remount",
	"bind",
	"tmpfs",
	"umount",
	"pivot-root",
	"write-after-remount"
];
const NAMESPACES = [
	"container",
	"own-namespace",
	"user-namespace"
];
/**
* Reads what one run of the probe wrote (probe/README.md). The lines come out of a container that may be hostile:
* anything that is not exactly what the probe writes makes the run count as unfinished, and nothing else is ever thrown.
*/
var AttackLines = class {
	#rest = [];
	#restLength = 0;
	#bytes = 0;
	#lines = 0;
	#damage = null;
	#overflow = null;
	#ended = false;
	#omitted = 0;
	#idle = false;
	#attacked = false;
	#mountsChanged = false;
	#self = null;
	#living = [];
	#mounts = [];
	#realPaths = [];
	#missing = [];
	#succeeded = [];
	#unexpected = /* @__PURE__ */ new Map();
	#inconclusive = [];
	#links = [];
	#privileged = [];
	#unlisted = [];
	#places = [];
	#tallies = [];
	#tallied = /* @__PURE__ */ new Set();
	#controls = [];
	#mountAttempts = [];
	#memory = [];
	#unknown = [];
	/** Whether the probe said that everything is attempted: from there on it only watches (`--watch`). False after damage. */
	get attacked() {
		return this.#attacked && this.#damage === null;
	}
	/** Whom the probe has seen so far, itself first unless nobody lives as it. */
	get met() {
		return {
			self: this.#self?.identity ?? null,
			living: this.#living,
			idle: this.#idle
		};
	}
	/** Takes the next bytes, cut anywhere. */
	add(chunk) {
		this.#bytes += chunk.length;
		if (this.#bytes > MOST_BYTES$1) this.#damaged("it wrote more than any honest run does");
		let start = 0;
		while (this.#damage === null) {
			const newline = chunk.indexOf(10, start);
			const end = newline < 0 ? chunk.length : newline;
			if (this.#restLength + end - start > LONGEST_LINE) {
				this.#damaged("a line is longer than 64 KB");
				break;
			}
			this.#keep(chunk.subarray(start, end));
			if (newline < 0) return;
			this.#damage = this.#line(this.#take());
			start = newline + 1;
		}
		this.#take();
	}
	/**
	* What the run came to.
	* @throws {CheckError} `probe-unfinished` where the lines are not complete or not the probe's
	*/
	result() {
		if (this.#damage === null && this.#restLength > 0) this.#damaged("its last line is cut off");
		if (this.#damage === null && !this.#ended) this.#damaged("its closing line is missing");
		const self = this.#self;
		if (this.#damage === null && self === null) this.#damaged("it does not say who it was");
		if (this.#damage === null && this.#overflow !== null) this.#damaged(`the container has more ${this.#overflow} than it can hold`);
		if (self === null || this.#damage !== null) throw new CheckError("probe-unfinished", `What the probe wrote in the container cannot be used: ${this.#damage}. What it did not tell counts as not protected; run the check again, and look for what ends or disturbs processes in the container.`);
		return {
			identity: self.identity,
			noNewPrivileges: self.noNewPrivileges,
			tallies: this.#tallies,
			observations: [...this.#succeeded, ...this.#inconclusive.map((path) => this.#inconclusiveObservation(path))],
			links: this.#links,
			privileged: this.#privileged,
			mounts: this.#mounts,
			places: this.#places,
			missing: this.#missing,
			unlisted: this.#unlisted,
			realPaths: this.#realPaths,
			omitted: this.#omitted,
			living: this.#living,
			idle: this.#idle,
			controls: this.#controls,
			mountAttempts: this.#mountAttempts,
			mountsChanged: this.#mountsChanged,
			memory: this.#memory,
			unknown: this.#unknown
		};
	}
	#damaged(what) {
		this.#damage ??= what;
	}
	#keep(part) {
		if (part.length === 0) return;
		this.#rest.push(Uint8Array.from(part));
		this.#restLength += part.length;
	}
	#take() {
		const line = Buffer.concat(this.#rest, this.#restLength).toString("latin1");
		this.#rest = [];
		this.#restLength = 0;
		return line;
	}
	/** Takes one line; gives what is wrong with it, or null. */
	#line(line) {
		if (this.#ended) return "something follows its closing line";
		if (this.#lines >= MOST_LINES) return "it wrote more lines than any honest run does";
		const [kind = "", ...fields] = line.split("	");
		if (!Object.hasOwn(FIELDS, kind) || FIELDS[kind] !== fields.length || !/^[\x21-\x7e\t]*$/.test(line)) return "a line is not one of the probe's";
		if (this.#lines === 0 !== (kind === "P")) return "its first line has to be, once, the version of its protocol";
		if (!this.#read(kind, fields)) return `a line of kind ${kind} is malformed`;
		this.#lines += 1;
		return null;
	}
	/** Takes one line of a known kind with the right number of fields; false where a field is not what it has to be. */
	#read(kind, fields) {
		const [a = "", b = "", c = "", d = "", e = "", f = ""] = fields;
		switch (kind) {
			case "P": return a === PROTOCOL;
			case "I": {
				const identity = readIdentity(a, b, c, d);
				if (!identity || this.#self || !/^[01]$/.test(e)) return false;
				this.#self = {
					identity,
					noNewPrivileges: e === "1"
				};
				return true;
			}
			case "L": {
				const identity = readIdentity(a, b, c, d);
				return identity !== null && add(this.#living, identity);
			}
			case "R": return isPath(a, b) && add(this.#realPaths, {
				path: showName(a),
				real: showName(b)
			});
			case "M": {
				const options = [.../* @__PURE__ */ new Set([...e.split(","), ...f.split(",")])].map(showName);
				const readOnly = e.split(",").includes("ro") || f.split(",").includes("ro");
				return isPath(a) && add(this.#mounts, {
					path: showName(a),
					type: showName(b),
					source: showName(c),
					root: showName(d),
					options,
					readOnly
				});
			}
			case "N": return isPath(a) && add(this.#missing, showName(a));
			case "S": return isOperation(a) && isPath(b) && add(this.#succeeded, {
				operation: a,
				path: showName(b),
				outcome: { kind: "succeeded" }
			});
			case "U": {
				if (!isOperation(a) || !isErrno(b) || !isPath(c)) return false;
				const unexpected = this.#unexpected.get(c) ?? {
					operation: a,
					answers: []
				};
				if (unexpected.answers.length < OPERATIONS.length) unexpected.answers.push(`${a}: ${b}`);
				this.#unexpected.set(c, unexpected);
				return true;
			}
			case "Z": return isPath(a) && add(this.#inconclusive, a);
			case "K": return isOperation(a) && isPath(b, c) && add(this.#links, {
				operation: a,
				path: showName(b),
				target: showName(c)
			});
			case "X": {
				const uid = readNumber(b, HIGHEST_ID);
				const gid = readNumber(c, HIGHEST_ID);
				if (a !== "setuid" && a !== "setgid" && a !== "capabilities" || uid === null || gid === null || !isPath(d)) return false;
				return add(this.#privileged, {
					path: showName(d),
					kind: a,
					uid,
					gid
				});
			}
			case "D": return isPath(a) && add(this.#unlisted, {
				path: showName(a),
				raw: nameBytes(a)
			});
			case "W": return isAnswer(a) && isPath(b) && add(this.#places, {
				path: showName(b),
				outcome: readOutcome(a)
			});
			case "T": {
				const count = readNumber(c, Number.MAX_SAFE_INTEGER);
				if (!isOperation(a) || !/^(OK|COVERED|GONE)$/.test(b) && !isErrno(b) || count === null || !isPath(d)) return false;
				const key = `${a} ${b} ${d}`;
				if (this.#tallied.has(key)) return false;
				this.#tallied.add(key);
				return add(this.#tallies, {
					operation: a,
					answer: b,
					count,
					path: showName(d)
				});
			}
			case "Q":
				this.#idle = true;
				return a === "idle";
			case "Y":
				if (this.#attacked) return false;
				this.#attacked = true;
				return a === "attacked";
			case "C":
				if (a !== "writable" && a !== "read-only" || !isOperation(b) || !isAnswer(c)) return false;
				if (this.#controls.some(({ kind, operation }) => kind === a && operation === b)) return false;
				return add(this.#controls, {
					kind: a,
					operation: b,
					answer: c
				});
			case "G": {
				const operation = MOUNT_OPERATIONS.find((one) => one === a);
				const where = NAMESPACES.find((one) => one === c);
				if (!operation || !where || b !== "KILLED" && !isAnswer(b) || !isPath(d)) return false;
				return add(this.#mountAttempts, {
					operation,
					answer: b,
					where,
					path: showName(d)
				});
			}
			case "A":
				this.#mountsChanged = true;
				return a === "changed";
			case "F": {
				const count = readNumber(c, Number.MAX_SAFE_INTEGER);
				if (a !== "memory" || !isAnswer(b) || count === null) return false;
				if (this.#memory.some(({ answer }) => answer === b)) return false;
				return add(this.#memory, {
					answer: b,
					count
				});
			}
			case "V": return isPath(a) && add(this.#unknown, showName(a));
			case "O":
				this.#overflow = showName(a);
				return true;
			case "E": {
				const lines = readNumber(a, Number.MAX_SAFE_INTEGER);
				const omitted = readNumber(b, Number.MAX_SAFE_INTEGER);
				if (lines !== this.#lines || omitted === null) return false;
				this.#omitted = omitted;
				this.#ended = true;
				return true;
			}
			default: return false;
		}
	}
	#inconclusiveObservation(path) {
		const unexpected = this.#unexpected.get(path);
		return {
			operation: unexpected?.operation ?? "delete",
			path: showName(path),
			outcome: {
				kind: "inconclusive",
				reason: unexpected?.answers.join(", ") ?? "no attempt could be made"
			}
		};
	}
};
/** The highest user or group number. */
const HIGHEST_ID = 4294967295;
function add(list, item) {
	list.push(item);
	return true;
}
function isPath(...fields) {
	return fields.every((field) => field.startsWith("/"));
}
function isErrno(field) {
	return /^E[A-Z0-9]{1,16}$/.test(field);
}
function isAnswer(field) {
	return field === "OK" || isErrno(field);
}
function isOperation(field) {
	return OPERATIONS.includes(field);
}
function readNumber(field, highest) {
	if (!/^(0|[1-9]\d{0,15})$/.test(field)) return null;
	const number = Number(field);
	return number <= highest ? number : null;
}
function readIdentity(uidField, gidField, groupsField, capabilities) {
	const uid = readNumber(uidField, HIGHEST_ID);
	const gid = readNumber(gidField, HIGHEST_ID);
	const groups = groupsField === "-" ? [] : groupsField.split(",").map((group) => readNumber(group, HIGHEST_ID));
	if (uid === null || gid === null || !/^[0-9a-f]{16}$/.test(capabilities)) return null;
	const known = groups.filter((group) => group !== null);
	return known.length === groups.length ? {
		uid,
		gid,
		groups: known,
		capabilities
	} : null;
}
function readOutcome(answer) {
	if (answer === "OK") return { kind: "succeeded" };
	return REFUSALS.includes(answer) ? {
		kind: "blocked",
		errno: answer
	} : {
		kind: "inconclusive",
		reason: answer
	};
}

// src/check/attack/probe.ts
/** The probe's name within the helper directory. */
const PROBE = "probe";
/** Arguments of the probe for this plan; see probe/README.md. */
function attackArguments(helper, plan, more = []) {
	const open = plan.places.open().filter((path) => !plan.untouched.includes(path));
	return [
		`${helper.directory}/${PROBE}`,
		"attack",
		...open.flatMap((path) => ["--skip", path]),
		...plan.untouched.flatMap((path) => ["--untouched", path]),
		"--control",
		helper.writable,
		"--refusal",
		helper.directory,
		"--thorough",
		...more,
		"--",
		...plan.protectedPaths
	];
}
/** One run of the probe, read to its end. */
async function runProbe(container, argv, as, input) {
	return new ProbeRun(container.run(argv, {
		...as ? { as } : {},
		...input ? { input } : {}
	})).finish();
}
/** A run of the probe under way. Whatever goes wrong with it is a CheckError `probe-unfinished`. */
var ProbeRun = class {
	#execution;
	#lines = new AttackLines();
	#start = performance.now();
	#chunks;
	#attacked = null;
	#end = "";
	#saidAttacked = false;
	constructor(execution) {
		this.#execution = execution;
		this.#chunks = execution.output[Symbol.asyncIterator]();
	}
	/** Whether everything is attempted, so that what the run found can be told. */
	get isWatching() {
		return this.#lines.attacked;
	}
	/** Reads until everything is attempted and the probe only watches (`--watch`). Says whom it has seen by then. */
	async attacked() {
		while (!this.#saidAttacked && await this.#next());
		this.#attacked = performance.now();
		if (!this.#lines.attacked) await this.finish();
		return this.#lines.met;
	}
	/** Ends the watch, where there is one, and reads to the end. */
	async finish() {
		this.#execution.endInput();
		while (await this.#next());
		const { exitCode, stderr } = await this.#execution.done;
		if (exitCode !== 0) {
			const said = stderr.trim().split("\n").slice(-3).join(" ").slice(-500);
			throw unfinished(`exit code ${exitCode}${said ? `, ${said}` : ""}. Check whether the container was ended, or forbids executing programs.`);
		}
		return {
			result: this.#lines.result(),
			ms: (this.#attacked ?? performance.now()) - this.#start
		};
	}
	#look(chunk) {
		const text = this.#end + Buffer.from(chunk).toString("latin1");
		this.#saidAttacked ||= text.includes("\nY	attacked\n");
		this.#end = text.slice(-12);
	}
	async #next() {
		try {
			const { done, value } = await this.#chunks.next();
			if (done) return false;
			this.#lines.add(value);
			this.#look(value);
			return true;
		} catch (thrown) {
			const cause = await this.#execution.done.then(() => thrown).catch((why) => why);
			throw unfinished(`${cause instanceof Error ? cause.message : cause}.`, cause);
		}
	}
};
function unfinished(why, cause) {
	return new CheckError("probe-unfinished", `The probe did not finish in the container: ${why} What it did not try counts as not protected.`, { cause });
}

// src/check/compose.ts
/** The report of one target, from what was asked, what was seen, and what was judged of it. */
function compose(target, image, engine, evidence, judgement, timings) {
	const { source, policy, run } = target;
	return {
		name: target.name,
		verdict: judgement.verdict,
		error: judgement.error ? {
			code: judgement.error.code,
			message: judgement.error.message
		} : null,
		engine: {
			name: engine.name,
			version: engine.version ?? null,
			platform: image?.platform ?? engine.platform ?? null
		},
		image: {
			reference: image?.reference ?? (source.kind === "reference" ? source.reference : source.file ?? `${source.context}/Dockerfile`),
			id: image?.id ?? null,
			digest: image?.digest ?? null,
			user: image ? run.user ?? image.user : null,
			volumes: image?.volumes ?? []
		},
		policy: {
			layers: policy.layers,
			require: policy.require,
			protectedPaths: policy.protectedPaths,
			allowWritable: policy.allowWritable,
			tmpfs: run.tmpfs,
			volumes: run.volumes,
			runOptions: run.options
		},
		smoke: evidence.flatMap(({ smoke }) => smoke),
		attack: evidence.flatMap(({ layer, attacks }) => attacks.map((one) => count(layer, one))),
		paths: judgement.paths,
		surface: judgement.surface,
		drift: evidence.flatMap(({ layer, drift }) => drift.slice(0, 1e3).map((change) => ({
			layer,
			...change
		}))),
		findings: judgement.findings,
		needs: [],
		remedy: null,
		timings
	};
}
function count(layer, { result, ms }) {
	return {
		layer,
		identity: result.identity,
		...sumTallies(result.tallies),
		ms: Math.round(ms)
	};
}
/** The report of a target that was never checked, because its inputs are wrong or its engine does not exist. */
function unread(name, engine, error) {
	return {
		name,
		verdict: "error",
		error: {
			code: error.code,
			message: error.message
		},
		engine: {
			name: engine,
			version: null,
			platform: null
		},
		image: {
			reference: name,
			id: null,
			digest: null,
			user: null,
			volumes: []
		},
		policy: {
			layers: [],
			require: [],
			protectedPaths: [],
			allowWritable: [],
			tmpfs: [],
			volumes: [],
			runOptions: []
		},
		smoke: [],
		attack: [],
		paths: [],
		surface: [],
		drift: [],
		findings: [],
		needs: [],
		remedy: null,
		timings: {
			build: 0,
			start: 0,
			smoke: 0,
			attack: 0,
			permissions: 0,
			diagnose: 0,
			total: 0
		}
	};
}

// src/check/attack/unlisted.ts
/** Bytes of names that are listed at most; more than that stays unlisted. */
const MOST_BYTES = 268435456;
/**
* A directory that may be entered but not listed hides nothing from somebody who knows the names: root lists
* it, and the identity attacks by name. What root cannot list either stays unlisted, and is never a pass.
*/
async function attackUnlisted(container, helper, plan, done, as) {
	const { unlisted } = done.result;
	if (unlisted.length === 0) return done;
	try {
		const names = await list$1(container, helper, joined(unlisted.map(({ raw }) => raw)));
		if (names === null) return done;
		const byName = await runProbe(container, attackArguments(helper, plan, ["--by-name"]), as, names);
		if (!sameRights(byName.result.identity, done.result.identity)) return done;
		return {
			result: {
				...merge(done.result, byName.result),
				unlisted: []
			},
			ms: done.ms + byName.ms
		};
	} catch {
		return done;
	}
}
/** Every path below these, NUL-separated, as root sees it; null where that is not all. */
async function list$1(container, helper, paths) {
	const listing = container.run([
		`${helper.directory}/${PROBE}`,
		"list",
		"--stdin"
	], {
		as: {
			uid: 0,
			gid: 0
		},
		input: paths
	});
	const names = [];
	let size = 0;
	for await (const chunk of listing.output) {
		names.push(chunk);
		size += chunk.length;
		if (size > MOST_BYTES) return null;
	}
	const { exitCode } = await listing.done;
	return exitCode === 0 ? Buffer.concat(names) : null;
}
function joined(paths) {
	return Buffer.concat(paths.flatMap((path) => [path, Uint8Array.of(0)]));
}
function merge(a, b) {
	return {
		...a,
		tallies: [...a.tallies, ...b.tallies],
		observations: [...a.observations, ...b.observations],
		links: [...a.links, ...b.links],
		privileged: [...a.privileged, ...b.privileged],
		omitted: a.omitted + b.omitted
	};
}

// src/check/attack/attack.ts
/** A container with more identities than this is not one service, and each costs a walk of its own. */
const MOST_IDENTITIES = 16;
/**
* Attacks a running container as every identity that its processes have. The first run goes in as the container's own
* user, which is mostly the one that serves, and tells which others there are; each of those has a run of its own.
* Then `ask` asks the program again while the first run watches who lives, so that a worker that lives for one
* request is seen too. Whoever is new is attacked as well, and it is asked once more.
*/
async function attack(container, helper, plan, ask) {
	const campaign = new Campaign(container, helper, plan);
	const first = new ProbeRun(container.run(attackArguments(helper, plan, container.ownUserCounts ? ["--watch"] : ["--if-living", "--watch"]), { input: "open" }));
	if (await campaign.keepErrors(async () => {
		const { self, living, idle } = await first.attacked();
		if (living.length === 0) throw new CheckError("probe-unfinished", "The probe saw no process in the container, so it is not known whom to attack as. A container that hides /proc cannot be judged.");
		if (self && !idle) campaign.leaveOut(self);
		await campaign.attackAll(living);
		await ask();
	}) || first.isWatching) await campaign.keepErrors(async () => {
		const watched = await first.finish();
		await campaign.conclude(watched, void 0, "first");
		if (await campaign.attackAll(watched.result.living)) await ask();
	});
	return campaign;
}
/** The attack by somebody who enters as root, whoever the program runs as. Null where that cannot be tried. */
async function attackAsRoot(container, helper, plan) {
	try {
		return await runProbe(container, attackArguments(helper, plan), {
			uid: 0,
			gid: 0
		});
	} catch (thrown) {
		if (thrown instanceof CheckError && thrown.code === "probe-unfinished") return null;
		throw thrown;
	}
}
/** Reads one run of the probe as the only process of its container. */
async function attackAlone(execution) {
	try {
		return {
			attacks: [await new ProbeRun(execution).finish()],
			errors: []
		};
	} catch (thrown) {
		if (!(thrown instanceof CheckError)) throw thrown;
		return {
			attacks: [],
			errors: [thrown]
		};
	}
}
/** The attacks on one container, one an identity. */
var Campaign = class {
	attacks = [];
	errors = [];
	#container;
	#helper;
	#plan;
	/** Those that were tried, whatever came of it. */
	#tried = [];
	constructor(container, helper, plan) {
		this.#container = container;
		this.#helper = helper;
		this.#plan = plan;
	}
	/** Keeps what could not be told. Whether all could be. */
	async keepErrors(work) {
		try {
			await work();
			return true;
		} catch (thrown) {
			if (!(thrown instanceof CheckError)) throw thrown;
			this.errors.push(thrown);
			return false;
		}
	}
	/** This one attacks already. */
	leaveOut(identity) {
		this.#tried.push(identity);
	}
	/** Keeps what a run found, and attacks by name what it could not list. */
	async conclude(done, as, place) {
		if (done.result.idle) return;
		const whole = await attackUnlisted(this.#container, this.#helper, this.#plan, done, as);
		if (place === "first") this.attacks.unshift(whole);
		else this.attacks.push(whole);
	}
	/** Attacks as each of these that was not tried yet, and as whoever is seen meanwhile. Whether there was any. */
	async attackAll(living) {
		const queue = [...living];
		let any = false;
		for (let identity = queue.shift(); identity; identity = queue.shift()) {
			const wanted = identity;
			if (this.#tried.some((known) => sameRights(known, wanted))) continue;
			this.#tried.push(wanted);
			if (this.#tried.length > MOST_IDENTITIES) throw new CheckError("identity-not-taken", `The container's processes run as more than ${MOST_IDENTITIES} identities. Check the image with fewer workers, or one program a container.`);
			any = true;
			const taken = await this.#takeOn(wanted);
			if (taken) {
				await this.conclude(taken.attack, taken.as, "last");
				queue.push(...taken.attack.result.living);
			} else this.errors.push(new CheckError("identity-not-taken", `A process of the container runs as ${describeIdentity(wanted)}, and no command can be started in it with exactly these rights, so what it could change is not known. Running the image without dropped capabilities, or as one user, makes it checkable.`));
		}
		return any;
	}
	/** Becomes exactly `identity`: by the engine, or from root by the probe itself. Null where neither does. */
	async #takeOn(identity) {
		const as = {
			uid: identity.uid,
			gid: identity.gid
		};
		const direct = await runProbe(this.#container, attackArguments(this.#helper, this.#plan), as);
		if (sameRights(direct.result.identity, identity)) return {
			attack: direct,
			as
		};
		const groups = identity.groups.length > 0 ? identity.groups.join(",") : "-";
		const become = ["--as", `${identity.uid}:${identity.gid}:${groups}:${identity.capabilities}`];
		try {
			const argv = attackArguments(this.#helper, this.#plan, become);
			const switched = await runProbe(this.#container, argv, {
				uid: 0,
				gid: 0
			});
			return sameRights(switched.result.identity, identity) ? {
				attack: switched,
				as
			} : null;
		} catch (thrown) {
			if (thrown instanceof CheckError && thrown.code === "probe-unfinished") return null;
			throw thrown;
		}
	}
};

// src/check/hint.ts
/**
* What a look at the listening sockets tells about a smoke test that got no answer: a program that listens on
* loopback or IPv6 only, on another port, or not at all. Null where nothing is to be said.
*/
async function hintAt(container, helper, port) {
	await helper.ready;
	const execution = container.run([`${helper.directory}/${PROBE}`, "listeners"]);
	const chunks = [];
	try {
		for await (const chunk of execution.output) chunks.push(chunk);
		if ((await execution.done).exitCode !== 0) return null;
	} catch {
		return null;
	}
	return explain(Buffer.concat(chunks).toString("latin1").split("\n").map((line) => /^H\t([46])\t(\S+)\t(\d+)$/.exec(line)).filter((match) => match !== null).map(([, family, address, number]) => ({
		family,
		address: address ?? "",
		port: Number(number)
	})), port);
}
function explain(sockets, port) {
	if (sockets.length === 0) return "Nothing listens in the container yet.";
	const here = sockets.filter((socket) => socket.port === port);
	if (here.length === 0) return `Nothing listens on port ${port}, but on ${[...new Set(sockets.map((socket) => socket.port))].slice(0, 8).join(", ")}: is \`port\` right?`;
	const loopback = (address) => address.startsWith("127.") || address === "::1";
	if (here.every(({ address }) => loopback(address))) return `The program listens on ${here[0]?.address} only, which cannot be reached from outside the container: let it listen on 0.0.0.0.`;
	if (here.every(({ family, address }) => family === "6" && address !== "::")) return "The program listens on an IPv6 address only: let it listen on 0.0.0.0 or [::].";
	return null;
}

// src/check/life.ts
/** Milliseconds until the engine is asked first: a program that answers at once costs no question. */
const FIRST_LOOK = 300;
/** The pause between two questions doubles up to this. */
const LONGEST_PAUSE$1 = 2e3;
/** Watches whether a container's program still runs, and says in words why not. */
var Life = class {
	#container;
	#over = null;
	#exitCode = null;
	#timer;
	#looking = Promise.resolve();
	constructor(container) {
		this.#container = container;
		this.#again(FIRST_LOOK);
	}
	/** Why the program cannot answer any more, as far as is known by now; null while it may. */
	isOver() {
		return this.#over;
	}
	/** The exit code, null while the program runs. */
	get exitCode() {
		return this.#exitCode;
	}
	/** Asks the engine now. */
	async check() {
		if (this.#over === null) this.#note(await this.#container.state());
		return this.#over;
	}
	/** The state of a running container's health check. */
	async health() {
		const state = await this.#container.state();
		this.#note(state);
		return state.kind === "running" ? state.health : "none";
	}
	async [Symbol.asyncDispose]() {
		clearTimeout(this.#timer);
		this.#timer = void 0;
		await this.#looking;
	}
	/** Asks in so many milliseconds, and then again and again. */
	#again(ms) {
		this.#timer = setTimeout(() => {
			this.#looking = this.check().catch(() => null).then((over) => {
				if (over === null && this.#timer !== void 0) this.#again(Math.min(2 * ms, LONGEST_PAUSE$1));
			});
		}, ms);
		this.#timer.unref();
	}
	#note(state) {
		if (state.kind === "running") {
			if (state.restarts > 0) this.#over = `it was restarted ${state.restarts} times`;
			return;
		}
		this.#exitCode = state.exitCode;
		const why = state.reason ? ` (${state.reason})` : "";
		this.#over = `it exited with code ${state.exitCode}${why}${meaning(state.exitCode)}`;
	}
};
function meaning(exitCode) {
	if (exitCode === 0) return "; a program that goes into the background ends its container";
	if (exitCode === 137) return " (killed)";
	if (exitCode === 139) return " (it crashed)";
	return "";
}

// src/check/smoke/complaint.ts
/** The user's own text in quotes: printable, on one line, its backslashes as they were written. */
function quoted$1(text, limit = 200) {
	return `"${printable$1(text.length > limit ? `${text.slice(0, limit)}…` : text)}"`;
}
/** Text that a container sent: blanks joined, shortened, and every byte that is not printable as `\xNN`. */
function excerpt(text, limit = 120) {
	const short = text.slice(0, limit * 10).replace(/\s+/g, " ").trim();
	const cut = short.length > limit || text.length > limit * 10;
	return `"${showBytes(Buffer.from(short.slice(0, limit)))}${cut ? "…" : ""}"`;
}
function printable$1(text) {
	return text.split("\\").map((part) => showBytes(Buffer.from(part))).join("\\");
}
/** One error for one line of input, with all that is wrong with it. */
function badLine(line, complaints) {
	const [only, ...others] = complaints;
	const list = others.length === 0 ? ` ${only}` : complaints.map((complaint) => `\n- ${complaint}`).join("");
	return new CheckError("bad-input", `Smoke test ${quoted$1(line)} cannot be asked:${list}`);
}

// src/check/smoke/redirect.ts
/**
* Where a redirect leads, by curl's rules; or why it is not followed.
* It stays in the container: `location` may name a port of the container, or the one where `place` was reached.
*/
function nextHop(from, first, answer) {
	const base = `${from.scheme}://${from.host}${from.port === null ? "" : `:${from.port}`}${from.path}`;
	const location = answer.location.replace(/\?[^#]*/, (query) => query.replaceAll(" ", "+"));
	if (!URL.canParse(location, base)) return `it redirects to ${excerpt(location)}, which is no URL`;
	const url = new URL(location, base);
	const scheme = url.protocol === "http:" ? "http" : url.protocol === "https:" ? "https" : null;
	const host = loopback(url.hostname, from.host, answer.place.host);
	if (scheme === null || host === null) return `it redirects to ${excerpt(answer.location)}: only the container is asked, at localhost`;
	const dropsBody = from.body !== null && answer.status >= 301 && answer.status <= 303;
	const next = {
		method: dropsBody && !first.methodIsExplicit ? "GET" : from.method,
		scheme,
		host,
		port: portOf(url, scheme, from, answer.place.port),
		path: url.pathname + url.search,
		headers: from.headers,
		body: dropsBody ? null : from.body
	};
	return {
		...next,
		headers: keptHeaders(next, from, first)
	};
}
function loopback(name, current, published) {
	if (name === "localhost" || name === "127.0.0.1" || name === "[::1]") return name;
	return name === published ? current : null;
}
function portOf(url, scheme, from, published) {
	const port = url.port === "" ? scheme === "https" ? 443 : 80 : Number(url.port);
	if (url.port === "") return from.port === null && scheme === from.scheme ? null : port;
	return port === published && scheme === from.scheme ? from.port : port;
}
/** Secrets go to the very same server only, the user's Host to the same name, the form's type with its body. */
function keptHeaders(next, from, first) {
	const sameServer = next.scheme === first.scheme && next.host === first.host && next.port === first.port;
	return from.headers.filter(([name, value]) => {
		switch (name.toLowerCase()) {
			case "authorization":
			case "cookie": return sameServer;
			case "host": return next.host === first.host;
			case "content-type": return next.body !== null || from.body === null || value !== "application/x-www-form-urlencoded";
			default: return true;
		}
	});
}

// src/check/smoke/exchange.ts
/**
* Asks once, within `limit` milliseconds.
* @throws the signal's reason, and what no answer can cause
*/
async function exchange(request, limit, line) {
	const end = line.now() + limit;
	const heads = [];
	let hop = request;
	for (let redirects = 0;; redirects++) {
		let place;
		try {
			place = line.address(hop.port);
		} catch (error) {
			if (redirects === 0) throw error;
			return none(`it redirects to port ${hop.port}, which cannot be reached`);
		}
		const left = redirects === 0 ? limit : Math.ceil(end - line.now());
		if (left <= 0) return none(`no whole answer within ${limit / 1e3} s, redirects and all`, true);
		let answer;
		try {
			answer = await line.send(httpRequest(hop, request, place, left, line.signal));
		} catch (error) {
			line.signal.throwIfAborted();
			if (!isFailure(error)) throw error;
			return none(error.message, error.kind === "time-out");
		}
		if (request.includeHeaders) heads.push(head(answer));
		const location = answer.headers.find(([name]) => name.toLowerCase() === "location")?.[1];
		if (!request.followRedirects || answer.status < 300 || answer.status > 399 || !location) {
			const body = heads.length === 0 ? answer.body : Buffer.concat([Buffer.from(heads.join(""), "latin1"), answer.body]);
			return {
				kind: "answer",
				answer: {
					...answer,
					body
				}
			};
		}
		if (redirects >= request.maxRedirects) return none(`it redirects more than ${request.maxRedirects} times`);
		const next = nextHop(hop, request, {
			status: answer.status,
			location,
			place
		});
		if (typeof next === "string") return none(next);
		hop = next;
	}
}
function none(reason, timedOut = false) {
	return {
		kind: "none",
		reason,
		timedOut
	};
}
function isFailure(error) {
	return error instanceof Error && error.name === "HttpFailure" && "kind" in error;
}
function httpRequest(hop, request, place, timeout, signal) {
	const hasHost = hop.headers.some(([name]) => name.toLowerCase() === "host");
	return {
		scheme: hop.scheme,
		host: place.host,
		port: place.port,
		serverName: hop.host,
		method: hop.method,
		path: hop.path,
		headers: hasHost ? hop.headers : [["Host", hostHeader(hop)], ...hop.headers],
		body: hop.body,
		insecure: request.insecure,
		decode: request.compressed,
		timeout,
		connectTimeout: request.connectTimeout,
		signal
	};
}
/** As the user wrote it, with the container's port: programs make redirects and virtual hosts of it. */
function hostHeader(hop) {
	const usual = hop.scheme === "https" ? 443 : 80;
	return hop.port === null || hop.port === usual ? hop.host : `${hop.host}:${hop.port}`;
}
/** The head of an answer as curl shows it (the HTTP version aside, which is always told as 1.1). */
function head(answer) {
	const lines = answer.headers.map(([name, value]) => `${name}: ${value}\r\n`);
	return `HTTP/1.1 ${answer.status} ${answer.statusText}\r\n${lines.join("")}\r\n`;
}

// src/check/smoke/expectation.ts
/** Milliseconds for a regular expression: a hostile body can make a careless one run for years. */
const PATTERN_LIMIT = 2e3;
/**
* One line of `expect`.
* @throws CheckError `bad-input`
*/
function parseExpectation(line) {
	if (line.trim() === "") throw new CheckError("bad-input", "An expectation is empty, which every body meets. Write what the body must hold.");
	if (/^\s*[{[]/.test(line)) return {
		kind: "json",
		value: parseJson(line),
		text: line
	};
	const [, source, flags = ""] = /^\/(.+)\/([a-z]*)$/s.exec(line) ?? [];
	if (source !== void 0 && validFlags(flags)) return {
		kind: "pattern",
		pattern: compile(source, flags, line),
		text: line
	};
	return {
		kind: "contains",
		text: line
	};
}
function parseJson(line) {
	try {
		return JSON.parse(line);
	} catch (error) {
		const pattern = `/${line.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}/`;
		throw new CheckError("bad-input", `The expectation ${quoted$1(line)} starts as JSON does, and is none: ${quoted$1(message(error))}. Mend the JSON; plain text that starts so is written as a regular expression: ${quoted$1(pattern)}.`);
	}
}
function validFlags(flags) {
	const each = new Set(flags);
	return each.size === flags.length && /^[dgimsuvy]*$/.test(flags) && !(each.has("u") && each.has("v"));
}
function compile(source, flags, line) {
	try {
		return new RegExp(source, flags);
	} catch (error) {
		throw new CheckError("bad-input", `The expectation ${quoted$1(line)} is no regular expression: ${quoted$1(message(error))}. Mend it; to look for the text itself, put a backslash before each special character.`);
	}
}
/**
* `expect-status`: codes and classes with commas between them.
* @throws CheckError `bad-input`
*/
function parseStatus(text) {
	const codes = [];
	const classes = [];
	const wrong = [];
	for (const part of text.split(",").map((each) => each.trim())) if (/^[2-5]\d\d$/.test(part)) codes.push(Number(part));
	else if (/^[2-5]xx$/i.test(part)) classes.push(Number(part[0]));
	else wrong.push(quoted$1(part));
	if (wrong.length > 0) throw new CheckError("bad-input", `Input "expect-status" is ${quoted$1(text)}, with ${wrong.join(", ")} in it. It must be status codes from 200 to 599 or classes from 2xx to 5xx, with commas between them: 200,204,3xx.`);
	return {
		text,
		codes,
		classes
	};
}
/** null where the answer is what the test expects, else why not, on one line that is safe to print. */
function meets(answer, test, status) {
	const body = new TextDecoder().decode(answer.body);
	const says = body === "" ? "with an empty body" : excerpt(body);
	if (test.request.failOnStatus && answer.status >= 400) return `status ${answer.status}, which -f refuses: ${says}`;
	if (!status.codes.includes(answer.status) && !status.classes.includes(Math.floor(answer.status / 100))) return `status ${answer.status} instead of ${printed(status.text)}: ${says}`;
	if (test.expect === null) return null;
	const wrong = compare(test.expect, body, answer.cut);
	if (wrong === null) return null;
	return `${wrong}${answer.cut ? ` (only its first ${answer.body.byteLength} bytes were read)` : ""}: ${says}`;
}
function compare(expect, body, cut) {
	switch (expect.kind) {
		case "json":
			if (cut) return `the body is too long to be compared with ${quoted$1(expect.text)}`;
			return sameJson(expect, body);
		case "pattern": {
			const found = search(expect.pattern, body);
			if (found === null) return `the body could not be searched for ${quoted$1(expect.text)} in ${PATTERN_LIMIT / 1e3} s`;
			return found ? null : `the body does not match ${quoted$1(expect.text)}`;
		}
		case "contains": return body.includes(expect.text) ? null : `the body does not contain ${quoted$1(expect.text)}`;
	}
}
function sameJson(expect, body) {
	let value;
	try {
		value = JSON.parse(body);
	} catch {
		return `the body is not JSON, and should be ${quoted$1(expect.text)}`;
	}
	return isDeepStrictEqual(value, expect.value) ? null : `the body is not ${quoted$1(expect.text)}`;
}
/** null where it took too long. In a context of its own only because there a running expression can be stopped. */
function search(pattern, body) {
	try {
		return Boolean(runInNewContext("body.search(pattern) >= 0", {
			body,
			pattern
		}, { timeout: PATTERN_LIMIT }));
	} catch {
		return null;
	}
}
function printed(text) {
	return quoted$1(text).slice(1, -1);
}
function message(error) {
	return error instanceof Error ? error.message : String(error);
}

// src/check/smoke/ask.ts
/** One request's share where `--max-time` gives none, so that an answer that hangs is not the end. */
const REQUEST_LIMIT = 1e4;
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 250;
/**
* Asks from the first moment until the answer is what it should be, the time is over, or the program has ended.
* Every other answer is asked for again: a program that warms up may answer 503, or not at all.
*/
async function ask(test, status, how) {
	const { signal, timeout, repeat, sleep = sleepFor, now = () => performance.now() } = how;
	signal.throwIfAborted();
	const line = {
		address: how.address,
		send: how.send ?? (await import("./http.js")).send,
		now,
		signal
	};
	const start = now();
	let attempts = 0;
	let passes = 0;
	let last = {
		status: null,
		reason: null
	};
	for (let wait = FIRST_PAUSE;; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
		const ended = how.ended();
		const left = timeout - (now() - start);
		const limit = Math.max(1, Math.ceil(Math.min(test.request.maxTime ?? REQUEST_LIMIT, left)));
		const exchanged = await exchange(test.request, limit, line);
		attempts++;
		const reason = judge(exchanged, test, status);
		if (reason === null) {
			passes++;
			last = {
				status: statusOf(exchanged),
				reason: null
			};
			if (passes >= repeat) return asked(true, null);
			if (now() - start >= timeout) return asked(false, `only ${passes} of ${repeat} answers came in ${timeout / 1e3} s`);
			wait = 0;
			continue;
		}
		if (!(exchanged.kind === "none" && exchanged.timedOut && limit >= left && last.reason !== null) || passes > 0) last = {
			status: statusOf(exchanged),
			reason
		};
		if (passes > 0) return asked(false, `answer ${passes + 1} of ${repeat}: ${reason}`);
		if (ended !== null) return asked(false, `${ended}; ${last.reason}`);
		const pauseFor = Math.min(wait, timeout - (now() - start));
		if (pauseFor <= 0) return asked(false, last.reason);
		await sleep(pauseFor, signal);
		signal.throwIfAborted();
		if (now() - start >= timeout) return asked(false, last.reason);
	}
	function asked(passed, reason) {
		return {
			passed,
			status: last.status,
			attempts,
			ms: Math.round(now() - start),
			reason
		};
	}
}
function judge(exchanged, test, status) {
	return exchanged.kind === "none" ? exchanged.reason : meets(exchanged.answer, test, status);
}
function statusOf(exchanged) {
	return exchanged.kind === "none" ? null : exchanged.answer.status;
}
async function sleepFor(ms, signal) {
	await setTimeout$1(ms, void 0, { signal }).catch(() => void 0);
}

// src/check/smoke/smoke.ts
/** How long a program without smoke tests has to run to count as running, in milliseconds. */
const KEEPS_RUNNING = 3e3;
/** Loads what sends requests, so that the first one does not wait for it. */
async function prepareToAsk() {
	await new Promise((resolve) => setImmediate(resolve));
	await import("./http.js");
}
/** Asks everything that the target's smoke tests ask, in their order, and looks whether the program lives or ends as it should. */
async function smokeTest(layer, phase, task) {
	const { target, program, signal } = task;
	const deadline = performance.now() + task.timeout;
	const results = [];
	for (const test of target.smokeTests) {
		const start = performance.now();
		const asked = await ask(test, target.expectStatus, {
			address: (port) => program.address(port ?? task.port ?? 0),
			timeout: Math.max(1, deadline - start),
			repeat: target.smokeRepeat,
			ended: () => program.isOver(),
			signal
		}).catch(async (thrown) => {
			const over = signal.aborted ? null : await program.check();
			if (over === null) throw thrown;
			return {
				passed: false,
				status: null,
				attempts: 0,
				ms: performance.now() - start,
				reason: over
			};
		});
		results.push({
			layer,
			phase,
			test: test.request.text,
			...asked,
			ms: Math.round(asked.ms)
		});
	}
	if (target.expectExit !== null) results.push(await endsAsExpected(layer, phase, task, target.expectExit, deadline));
	else if (target.smokeTests.length === 0) results.push(await keepsRunning(layer, phase, task, deadline));
	return results;
}
async function endsAsExpected(layer, phase, task, code, deadline) {
	const start = performance.now();
	let over = await task.program.check();
	let attempts = 1;
	while (over === null && performance.now() < deadline) {
		await setTimeout$1(50, void 0, { signal: task.signal });
		over = await task.program.check();
		attempts++;
	}
	const actual = task.program.exitCode();
	const reason = over === null ? `it still runs after ${task.target.startupTimeout} s` : actual === code ? null : over;
	return {
		layer,
		phase,
		test: `the program ends with code ${code}`,
		passed: reason === null,
		status: null,
		attempts,
		ms: Math.round(performance.now() - start),
		reason
	};
}
async function keepsRunning(layer, phase, task, deadline) {
	const start = performance.now();
	const until = phase === "before-attack" ? start + KEEPS_RUNNING : start;
	let attempts = 0;
	let reason = null;
	for (;;) {
		attempts++;
		const health = await task.program.health();
		reason = task.program.isOver();
		if (reason !== null) break;
		const now = performance.now();
		if (health === "starting") reason = "its health check has not passed yet";
		if (health === "unhealthy") reason = "its health check says that it is unhealthy";
		if (now >= until && reason === null || now >= Math.max(deadline, until)) break;
		await setTimeout$1(Math.min(200, Math.max(20, until - now)), void 0, { signal: task.signal });
	}
	return {
		layer,
		phase,
		test: "the program keeps running",
		passed: reason === null,
		status: null,
		attempts,
		ms: Math.round(performance.now() - start),
		reason
	};
}

// \0@oxc-project+runtime@0.156.0/helpers/esm/usingCtx.js
function _usingCtx() {
	var r = "function" == typeof SuppressedError ? SuppressedError : function(r, e) {
		var n = Error();
		return n.name = "SuppressedError", n.error = r, n.suppressed = e, n;
	}, e = {}, n = [];
	function using(r, e) {
		if (null != e) {
			if (Object(e) !== e) throw new TypeError("using declarations can only be used with objects, functions, null, or undefined.");
			if (r) var o = e[Symbol.asyncDispose || Symbol["for"]("Symbol.asyncDispose")];
			if (void 0 === o && (o = e[Symbol.dispose || Symbol["for"]("Symbol.dispose")], r)) var t = o;
			if ("function" != typeof o) throw new TypeError("Object is not disposable.");
			t && (o = function o() {
				try {
					t.call(e);
				} catch (r) {
					return Promise.reject(r);
				}
			}), n.push({
				v: e,
				d: o,
				a: r
			});
		} else r && n.push({
			d: e,
			a: r
		});
		return e;
	}
	return {
		e,
		u: using.bind(null, !1),
		a: using.bind(null, !0),
		d: function d() {
			var o, t = this.e, s = 0;
			function next() {
				for (; o = n.pop();) try {
					if (!o.a && 1 === s) return s = 0, n.push(o), Promise.resolve().then(next);
					if (o.d) {
						var r = o.d.call(o.v);
						if (o.a) return s |= 2, Promise.resolve(r).then(next, err);
					} else s |= 1;
				} catch (r) {
					return err(r);
				}
				if (1 === s) return t !== e ? Promise.reject(t) : Promise.resolve();
				if (t !== e) throw t;
			}
			function err(n) {
				return t = t !== e ? new r(n, t) : n, next();
			}
			return next();
		}
	};
}

// src/check/layer.ts
/** One layer, in order: start, smoke test, attack, smoke test again, drift. What could not be told is an error in the evidence. */
async function checkLayer(layer, task) {
	const { watch, progress } = task;
	progress.group(layer === "read-only" ? "Read-only root filesystem" : "Permissions alone (writable root filesystem, no tmpfs)");
	try {
		return layer === "permissions" ? await watch.time("permissions", () => through(layer, task)) : await through(layer, task);
	} finally {
		progress.end();
	}
}
async function through(layer, task) {
	try {
		var _usingCtx$2 = _usingCtx();
		const { target, image, helper, engine, progress, watch } = task;
		const root = layer === "read-only" ? "read-only" : "writable";
		const timed = (phase, work) => layer === "read-only" ? watch.time(phase, work) : work();
		const starting = timed("start", () => engine.start(image, task.run, root, helper));
		const loading = target.smokeTests.length > 0 ? prepareToAsk() : null;
		const container = _usingCtx$2.a(await starting);
		await loading;
		const life = _usingCtx$2.a(new Life(container));
		const smoke = [];
		const errors = [];
		const asking = {
			target,
			port: task.port,
			program: {
				address: (port) => container.address(port),
				isOver: () => life.isOver(),
				check: () => life.check(),
				exitCode: () => life.exitCode,
				health: () => life.health()
			},
			signal: task.signal,
			timeout: target.startupTimeout * 1e3
		};
		const before = await timed("smoke", () => smokeTest(layer, "before-attack", asking));
		tell(progress, before);
		const failed = before.some((result) => !result.passed);
		for (const [index, result] of before.entries()) {
			const asked = target.smokeTests[index];
			const hint = asked && !result.passed && result.status === null && !life.isOver() ? await hintAt(container, helper, asked.request.port ?? task.port) : null;
			smoke.push(hint ? {
				...result,
				reason: `${result.reason ?? ""} ${hint}`.trim()
			} : result);
		}
		const { places, untouched, inside } = await decidePlaces(container, task);
		let drift = layer === "permissions" ? await container.changes() : [];
		await helper.ready;
		let alone = !(!failed && target.smokeTests.length > 0 && target.expectExit === null) && await life.check() !== null;
		const plan = {
			protectedPaths: [...target.policy.protectedPaths, ...inside],
			places,
			untouched
		};
		let after = null;
		const askAgain = async () => {
			const again = await timed("smoke", () => smokeTest(layer, "after-attack", failed ? {
				...asking,
				timeout: 1
			} : asking));
			after = after === null ? again : again.map((result, index) => after?.[index]?.passed === false ? after[index] : result);
		};
		const entering = layer === "read-only" && !alone ? attackAsRoot(container, helper, plan) : null;
		entering?.catch(() => {});
		const attacked = await timed("attack", async () => {
			const outcome = alone ? await byItself(task, root, plan) : await attack(container, helper, plan, askAgain);
			if (alone || outcome.errors.length === 0 || await life.check() === null) return outcome;
			alone = true;
			return byItself(task, root, plan);
		});
		if (!alone && after === null) await askAgain();
		for (const one of attacked.attacks) tellAttack(progress, one);
		const again = alone ? [] : after ?? [];
		tell(progress, again);
		smoke.push(...again.filter((result, index) => before[index]?.passed !== false || result.passed));
		const entered = await enteredAsRoot(attacked, entering, () => attackAsRoot(container, helper, plan), alone);
		errors.push(...attacked.errors, ...attacked.attacks.flatMap(({ result }) => missing(result, entered, container)));
		const [changed, over] = await Promise.all([layer === "read-only" ? container.changes() : drift, life.check()]);
		drift = changed;
		const ended = target.expectExit === null ? over : null;
		if (failed || ended !== null) await showLogs(container, progress);
		return {
			layer,
			smoke,
			attacks: attacked.attacks,
			entered,
			alone,
			drift: ownChanges(drift, container, helper, attacked.attacks),
			mounts: container.mounts,
			places,
			powers: container.powers,
			rootReadOnly: container.rootReadOnly,
			ended,
			errors
		};
	} catch (_) {
		_usingCtx$2.e = _;
	} finally {
		await _usingCtx$2.d();
	}
}
/** Which places may be changeable in this layer: what the policy names, what the run mounts, what the engine provides. */
async function decidePlaces(container, { target, engine, image }) {
	const { protectedPaths, allowWritable } = target.policy;
	const declared = engine.capabilities.provided.map((path) => ({
		path,
		kind: "provided"
	}));
	const untouched = [];
	/** Mounts that nothing opens, inside places that are open: they count as what they are, not as what holds them. */
	const inside = [];
	for (const mount of container.mounts) {
		if (!mount.writable) continue;
		const allowed = allowWritable.some(({ path }) => isWithin(mount.path, path));
		if (mount.declared && mount.kind === "tmpfs") declared.push({
			path: mount.path,
			kind: "declared-tmpfs"
		});
		else if (mount.declared && allowed) untouched.push(mount.path);
		else if (mount.declared && !await engine.holds(image, mount.path)) {
			declared.push({
				path: mount.path,
				kind: "declared-mount"
			});
			untouched.push(mount.path);
		} else if (!allowed && protectedPaths.some((path) => isBelow(mount.path, path))) inside.push(mount.path);
	}
	declared.push(...inside.map((path) => ({
		path,
		kind: "protected"
	})));
	const places = new Places([...policyPlaces(protectedPaths, allowWritable), ...declared]);
	return {
		places,
		inside,
		untouched: untouched.filter((path) => places.mayChange(path) && !protectedPaths.some((one) => isWithin(one, path)))
	};
}
async function byItself(task, root, plan) {
	const { engine, image, run, helper } = task;
	try {
		try {
			var _usingCtx3 = _usingCtx();
			const container = _usingCtx3.a(await engine.alone(image, run, root, helper, attackArguments(helper, plan)));
			return await attackAlone(container.execution);
		} catch (_) {
			_usingCtx3.e = _;
		} finally {
			await _usingCtx3.d();
		}
	} catch (thrown) {
		return {
			attacks: [],
			errors: [asCheckError(thrown)]
		};
	}
}
/** What root finds: in its own right, or where another identity cannot tell whether a protected path exists. */
async function enteredAsRoot({ attacks }, entering, enter, alone) {
	if (alone || attacks.some(({ result }) => result.identity.uid === 0)) return null;
	if (entering) return entering;
	return attacks.some(({ result }) => result.unknown.length > 0) ? enter() : null;
}
function missing(result, entered, container) {
	const unseen = result.unknown.filter((path) => entered?.result.missing.includes(path));
	return [...result.missing, ...unseen].map((path) => {
		const over = container.mounts.find((mount) => mount.kind === "tmpfs" && isWithin(path, mount.path));
		const why = over ? `the tmpfs at ${over.path} hides what the image holds there. Mount it deeper, or protect another path.` : "the container has nothing at this path. Check its spelling, or take it out of \"protected-paths\".";
		return new CheckError("protected-path-missing", `The protected path ${path} does not exist: ${why}`);
	});
}
/** What the container itself changed: the mount points that were made for the check, and the way to them, left out. */
function ownChanges(changes, container, helper, attacks) {
	const mounted = [
		helper.directory,
		helper.writable,
		...container.mounts.map(({ path }) => path),
		...attacks.flatMap(({ result }) => result.mounts.map(({ path }) => path))
	].filter((path) => path !== "/");
	const own = changes.filter(({ path, change }) => !mounted.some((mount) => path === mount || change !== "deleted" && isWithin(mount, path)));
	const parents = new Set(own.map(({ path }) => path.slice(0, path.lastIndexOf("/")) || "/"));
	return own.filter(({ path, change }) => change !== "changed" || !parents.has(path));
}
function tell(progress, results) {
	for (const result of results) {
		const when = result.phase === "after-attack" ? " (after the attack)" : "";
		const how = result.passed ? `passed after ${result.attempts} ${result.attempts === 1 ? "try" : "tries"}, ${result.ms} ms` : `failed: ${result.reason ?? ""}`;
		progress.info(`${result.test}${when}: ${how}`);
	}
}
function tellAttack(progress, { result, ms }) {
	const { attempts, succeeded } = sumTallies(result.tallies);
	progress.info(`Attack as ${describeIdentity(result.identity)}: ${attempts} attempts in ${Math.round(ms)} ms, ${succeeded} succeeded`);
}
async function showLogs(container, progress) {
	const logs = Buffer.from(await container.logs(20).catch(() => /* @__PURE__ */ new Uint8Array())).toString("utf8").trimEnd();
	if (logs !== "") {
		progress.info("The last lines of its log:");
		progress.foreign(logs);
	}
}

// src/check/stopwatch.ts
/** Wall time by phase, in milliseconds; phases may overlap. */
var Stopwatch = class {
	#begin = performance.now();
	#phases = /* @__PURE__ */ new Map();
	async time(phase, work) {
		const start = performance.now();
		try {
			return await work();
		} finally {
			this.#phases.set(phase, (this.#phases.get(phase) ?? 0) + performance.now() - start);
		}
	}
	timings() {
		const of = (phase) => Math.round(this.#phases.get(phase) ?? 0);
		return {
			build: of("build"),
			start: of("start"),
			smoke: of("smoke"),
			attack: of("attack"),
			permissions: of("permissions"),
			diagnose: of("diagnose"),
			total: Math.round(performance.now() - this.#begin)
		};
	}
};

// src/check/check.ts
/** One check, from the image to the verdict. It does not throw: what could not be told is in the report. */
async function check(target, tools) {
	const watch = new Stopwatch();
	const errors = [];
	const evidence = [];
	let image = null;
	let engine = null;
	try {
		try {
			var _usingCtx$1 = _usingCtx();
			const describing = tools.engine.describe();
			describing.catch(() => {});
			[image] = await watch.time("build", () => Promise.all([obtain(target, tools), tools.announce()]));
			const { run, port } = settle(target, image);
			engine = await describing;
			const found = image;
			const helper = _usingCtx$1.a(tools.engine.bringIn(found, [await probeFile(found, engine.platform, tools)]));
			const layer = (which, progress) => checkLayer(which, {
				target,
				run,
				port,
				image: found,
				helper,
				engine: tools.engine,
				progress,
				signal: tools.signal,
				watch
			});
			const beside = mayRunBeside(target);
			const running = target.policy.layers.map((which, index) => {
				const voice = beside && index > 0 ? tools.progress.beside() : null;
				return {
					start: () => layer(which, voice ?? tools.progress),
					flush: () => voice?.flush()
				};
			});
			const under = beside ? running.map(({ start }) => settled(start())) : [];
			for (const [index, { start, flush }] of running.entries()) {
				const outcome = await (under[index] ?? settled(start()));
				flush();
				if (outcome instanceof CheckError) errors.push(outcome);
				else evidence.push(outcome);
			}
		} catch (_) {
			_usingCtx$1.e = _;
		} finally {
			await _usingCtx$1.d();
		}
	} catch (thrown) {
		errors.push(asCheckError(thrown));
	}
	if (tools.signal.aborted) errors.unshift(asCheckError(tools.signal.reason));
	const judgement = judge$1(target.policy, { volumes: image?.volumes ?? [] }, evidence, errors);
	return compose(target, image, {
		name: tools.engine.name,
		...engine
	}, evidence, judgement, watch.timings());
}
function settled(work) {
	return work.catch(asCheckError);
}
async function obtain(target, { engine, progress }) {
	if (target.source.kind === "reference") {
		progress.info(`Image ${target.source.reference}`);
		return engine.inspect(target.source.reference, target.source.platform);
	}
	progress.group(`Build ${target.name}`);
	try {
		return await engine.build(target.source, (chunk) => progress.foreign(Buffer.from(chunk).toString("utf8").trimEnd()));
	} finally {
		progress.end();
	}
}
/** Which port a smoke test without one means, and which are published. */
function settle(target, image) {
	const port = target.port ?? image.ports[0] ?? null;
	const asked = target.smokeTests.some(({ request }) => request.port === null);
	if (asked && port === null) throw new CheckError("bad-input", "A smoke test names no port, the image exposes none, and the input \"port\" is empty. Set \"port\" to the port that the program in the container listens on.");
	return {
		run: {
			...target.run,
			ports: [.../* @__PURE__ */ new Set([...target.run.ports, ...asked && port !== null ? [port] : []])]
		},
		port
	};
}
async function probeFile(image, native, tools) {
	const [os, arch] = image.platform.split("/");
	const same = native.split("/").slice(0, 2).join("/") === `${os}/${arch}`;
	return {
		name: PROBE,
		content: await tools.probe(image.platform),
		mode: same ? 73 : 365
	};
}
/** Two containers of one image do not disturb each other unless they share something that the run names. */
function mayRunBeside(target) {
	return target.run.volumes.length === 0 && target.run.options.length === 0;
}

// src/check/smoke/url.ts
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
const PARTS = /^(?:([^/?#@]*)@)?(\[[^\]/?#]*\]|[^/?#:]*)(?::([^/?#]*))?(\/[^?#]*)?(\?[^#]*)?(?:#.*)?$/s;
const HOSTS = [
	"localhost",
	"127.0.0.1",
	"[::1]"
];
/** Reads a URL as curl does (its own rules, older than WHATWG's); null and complaints where it cannot be asked. */
function parseUrl(text, how, complaints) {
	const before = complaints.length;
	if (/[\0- \x7f]/.test(text)) complaints.push(`The URL ${quoted$1(text)} holds a blank or a control character. Write a blank as %20.`);
	const named = SCHEME.exec(text);
	const scheme = named?.[1]?.toLowerCase() ?? "http";
	if (scheme !== "http" && scheme !== "https") complaints.push(`The URL ${quoted$1(text)} is of the scheme ${quoted$1(scheme)}. Only http and https are asked.`);
	const parts = PARTS.exec(text.slice(named?.[0].length ?? 0));
	const host = HOSTS.find((known) => known === parts?.[2]?.toLowerCase());
	if (host === void 0) complaints.push(`The URL ${quoted$1(text)} names the host ${quoted$1(parts?.[2] ?? "")}. Only the container is asked: write localhost, 127.0.0.1 or [::1], with the port that the program listens on in the container.`);
	const portText = parts?.[3] ?? "";
	const port = portText === "" ? null : Number(portText);
	if (port !== null && (!/^\d{1,5}$/.test(portText) || port < 1 || port > 65535)) complaints.push(`The URL ${quoted$1(text)} names the port ${quoted$1(portText)}. It must be a number from 1 to 65535.`);
	if (parts === null || host === void 0 || complaints.length > before) return null;
	const login = parts[1]?.split(/:(.*)/s);
	const path = parts[4] ?? "/";
	const query = parts[5] ?? "";
	return {
		scheme: scheme === "https" ? "https" : "http",
		host,
		port,
		path: percentEncoded((how.pathAsIs ? path : withoutDots(path)) + query, /[!-~]/, "lower"),
		user: login === void 0 ? null : decoded(login[0] ?? ""),
		password: login?.[1] === void 0 ? null : decoded(login[1])
	};
}
/** RFC 3986, section 5.2.4: `/a/../b/./c` is `/b/c`. */
function withoutDots(path) {
	const kept = [];
	const segments = path.split("/").slice(1);
	for (const [at, segment] of segments.entries()) {
		if (segment === "..") kept.pop();
		if (segment !== "." && segment !== "..") kept.push(segment);
		else if (at === segments.length - 1) kept.push("");
	}
	return `/${kept.join("/")}`;
}
/** UTF-8 bytes as `%XX`, but for the characters of `kept`. */
function percentEncoded(text, kept, digits = "upper") {
	let encoded = "";
	for (const byte of Buffer.from(text)) {
		const character = String.fromCharCode(byte);
		const hex = byte.toString(16).padStart(2, "0");
		encoded += byte < 128 && kept.test(character) ? character : `%${digits === "lower" ? hex : hex.toUpperCase()}`;
	}
	return encoded;
}
function decoded(text) {
	const plain = Buffer.from(text).toString("latin1").replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
	return Buffer.from(plain, "latin1").toString();
}

// src/check/smoke/options.ts
function flag(names, set) {
	return {
		names,
		kind: "flag",
		set
	};
}
function value(names, set) {
	return {
		names,
		kind: "value",
		set
	};
}
/** Keeps the value as text, under one name of `Settings`. */
function text$2(names, key) {
	return value(names, (to, given) => {
		to[key] = given;
	});
}
function ignored(names, why, takesValue = false) {
	return {
		names,
		kind: "ignored",
		takesValue,
		why
	};
}
function refused(names, takesValue, instead) {
	return {
		names,
		kind: "refused",
		takesValue,
		instead
	};
}
const NO_FILES = "No file is read: write the text itself.";
function data(names, filesToo, kind) {
	return value(names, (to, given) => {
		if (filesToo && given.startsWith("@")) return `${NO_FILES}${kind === "plain" ? " --data-raw sends text that starts with @." : ""}`;
		if (kind === "json") to.json = true;
		to.data.push({
			joint: kind === "json" ? "" : "&",
			text: given
		});
	});
}
/** The forms of `--data-urlencode`: `text`, `=text`, `name=text`; `@file` and `name@file` are refused. */
function urlEncoded(to, given) {
	const equals = given.indexOf("=");
	if (equals < 0 && given.includes("@")) return `${NO_FILES} Text that holds @ is written with = before it.`;
	const name = equals > 0 ? `${given.slice(0, equals)}=` : "";
	const encoded = percentEncoded(given.slice(equals + 1), /[A-Za-z0-9._~-]/).replaceAll("%20", "+");
	to.data.push({
		joint: "&",
		text: name + encoded
	});
}
/** Seconds with fractions, as milliseconds; 0 means no limit, as in curl. */
function seconds(names, key) {
	return value(names, (to, given) => {
		if (!/^(\d{1,7}(\.\d*)?|\.\d+)$/.test(given)) return `It must be a number of seconds, e.g. 2.5, not ${quoted$1(given)}.`;
		const milliseconds = Math.ceil(Number(given) * 1e3);
		to[key] = milliseconds === 0 ? null : milliseconds;
	});
}
const ONLY_THE_CONTAINER = "Only the container is asked, where its port was published. Take the option away.";
const BODY_IS_COMPARED = "the body is compared wherever it would be written";
const DISPLAY = "it only changes what curl shows";
/** Every option of curl that is known here, one row each. */
const OPTIONS = [
	text$2(["-X", "--request"], "method"),
	value(["-H", "--header"], (to, given) => {
		if (given.startsWith("@")) return NO_FILES;
		to.headers.push(given);
	}),
	data([
		"-d",
		"--data",
		"--data-ascii"
	], true, "plain"),
	data(["--data-raw"], false, "plain"),
	data(["--data-binary"], true, "plain"),
	value(["--data-urlencode"], urlEncoded),
	data(["--json"], true, "json"),
	flag(["-G", "--get"], (to, on) => {
		to.get = on;
	}),
	flag(["-I", "--head"], (to, on) => {
		to.head = on;
	}),
	flag(["-k", "--insecure"], (to, on) => {
		to.insecure = on;
	}),
	text$2(["-u", "--user"], "user"),
	text$2(["-A", "--user-agent"], "userAgent"),
	value(["-e", "--referer"], (to, given) => {
		if (given.endsWith(";auto")) return "A referer of its own on each redirect (;auto) is not made. Write the URL alone.";
		to.referer = given;
	}),
	value(["-b", "--cookie"], (to, given) => {
		if (!given.includes("=")) return `${quoted$1(given)} holds no =, so curl takes it for a file. Write NAME=VALUE; no file is read.`;
		to.cookies.push(given);
	}),
	flag(["-L", "--location"], (to, on) => {
		to.follow = on;
	}),
	value(["--max-redirs"], (to, given) => {
		if (!/^(-1|\d{1,9})$/.test(given)) return `It must be a whole number, or -1 for no limit, not ${quoted$1(given)}.`;
		to.maxRedirects = given === "-1" ? Number.MAX_SAFE_INTEGER : Number(given);
	}),
	seconds(["-m", "--max-time"], "maxTime"),
	seconds(["--connect-timeout"], "connectTimeout"),
	flag(["--compressed"], (to, on) => {
		to.compressed = on;
	}),
	flag([
		"-f",
		"--fail",
		"--fail-with-body"
	], (to, on) => {
		to.fail = on;
	}),
	flag(["-i", "--include"], (to, on) => {
		to.include = on;
	}),
	flag(["-g", "--globoff"], (to, on) => {
		to.globOff = on;
	}),
	flag(["--path-as-is"], (to, on) => {
		to.pathAsIs = on;
	}),
	value(["--url"], (to, given) => {
		to.urls.push(given);
	}),
	ignored([
		"-s",
		"--silent",
		"-S",
		"--show-error",
		"-v",
		"--verbose",
		"-#",
		"--progress-bar"
	], DISPLAY),
	ignored([
		"--no-progress-meter",
		"--styled-output",
		"--no-styled-output"
	], DISPLAY),
	ignored(["-N", "--no-buffer"], "the whole body is read either way"),
	ignored([
		"-o",
		"--output",
		"--stderr"
	], BODY_IS_COMPARED, true),
	ignored([
		"-O",
		"--remote-name",
		"-J",
		"--remote-header-name",
		"--create-dirs"
	], BODY_IS_COMPARED),
	ignored(["-q", "--disable"], "no .curlrc is read"),
	ignored([
		"-4",
		"--ipv4",
		"-6",
		"--ipv6"
	], "the container is asked where its port was published"),
	ignored(["--noproxy"], "no proxy is ever used", true),
	ignored(["--http1.1", "--http2"], "HTTP/1.1 is spoken, which a server of HTTP/2 falls back to"),
	ignored(["--basic"], "it is the default"),
	ignored([
		"--tcp-nodelay",
		"--keepalive",
		"--no-keepalive",
		"--no-sessionid",
		"--no-alpn"
	], "one connection is one request"),
	ignored([
		"--retry",
		"--retry-delay",
		"--retry-max-time"
	], "every test is asked again until startup-timeout is over", true),
	ignored(["--retry-connrefused", "--retry-all-errors"], "every test is asked again until startup-timeout is over"),
	refused(["-K", "--config"], true, `${NO_FILES} Write the options themselves.`),
	refused([
		"-F",
		"--form",
		"--form-string"
	], true, "No form is put together. Write the body with --data-raw and its Content-Type with -H."),
	refused(["-T", "--upload-file"], true, "No file is read. Write -X PUT and the text with --data-raw."),
	refused(["-c", "--cookie-jar"], true, "No cookie is kept. Send the cookie with -b NAME=VALUE."),
	refused(["-D", "--dump-header"], true, "No file is written. -i puts the headers before the body that is compared."),
	refused(["-w", "--write-out"], true, "Nothing is printed. expect-status compares the status, expect the body, -i adds the headers."),
	refused([
		"-x",
		"--proxy",
		"--preproxy",
		"--socks5",
		"--resolve",
		"--connect-to",
		"--interface"
	], true, ONLY_THE_CONTAINER),
	refused(["--unix-socket", "--abstract-unix-socket"], true, ONLY_THE_CONTAINER),
	refused(["-n", "--netrc"], false, `${NO_FILES} Write -u USER:PASSWORD.`),
	refused([
		"-E",
		"--cert",
		"--key",
		"--cacert",
		"--capath"
	], true, "No certificate is read. -k accepts any of the server."),
	refused([
		"--digest",
		"--ntlm",
		"--negotiate",
		"--anyauth"
	], false, "Only basic authentication is spoken: -u alone."),
	refused([
		"-0",
		"--http1.0",
		"--http2-prior-knowledge",
		"--http3",
		"--http3-only"
	], false, "Only HTTP/1.1 is spoken."),
	refused([
		"-:",
		"--next",
		"-Z",
		"--parallel"
	], false, "One line is one request. Write a line for each."),
	refused([
		"--location-trusted",
		"--post301",
		"--post302",
		"--post303"
	], false, "-L follows redirects as curl does by default.")
];

// src/check/smoke/arguments.ts
const BY_NAME = new Map(OPTIONS.flatMap((option) => option.names.map((name) => [name, option])));
/** The names that may be written, for whoever wrote another one. */
const KNOWN = OPTIONS.filter((option) => option.kind !== "refused").map((option) => option.names.join(" ")).join(", ");
/** Reads the words after `curl`, in every form that curl takes: `-sSf`, `-XPOST`, `-o FILE`, `--name VALUE`, and `--name=VALUE`. */
function readArguments(words, complaints) {
	const settings = {
		urls: [],
		method: null,
		headers: [],
		data: [],
		json: false,
		get: false,
		head: false,
		user: null,
		userAgent: "immutable-check",
		referer: "",
		cookies: [],
		follow: false,
		maxRedirects: 50,
		maxTime: null,
		connectTimeout: null,
		compressed: false,
		insecure: false,
		fail: false,
		include: false,
		globOff: false,
		pathAsIs: false
	};
	const unknown = [];
	const rest = [...words];
	let optionsEnded = false;
	for (let word = rest.shift(); word !== void 0; word = rest.shift()) if (optionsEnded || !word.startsWith("-")) settings.urls.push(word);
	else if (word === "--") optionsEnded = true;
	else if (word.startsWith("--")) readLong(word);
	else readShort(word);
	if (unknown.length > 0) {
		const names = [...new Set(unknown)].map((name) => quoted$1(name)).join(", ");
		complaints.push(`No option of this name is known here: ${names}. Take it away, or use what is known: ${KNOWN}.`);
	}
	return settings;
	function readLong(word) {
		const equals = word.indexOf("=");
		const name = equals < 0 ? word : word.slice(0, equals);
		const given = equals < 0 ? null : word.slice(equals + 1);
		const option = BY_NAME.get(name);
		const turnedOff = name.startsWith("--no-") ? BY_NAME.get(`--${name.slice(5)}`) : void 0;
		if (option !== void 0) apply(option, name, given, true);
		else if (turnedOff?.kind === "flag") apply(turnedOff, name, given, false);
		else unknown.push(name);
	}
	function readShort(word) {
		if (word === "-") unknown.push(word);
		for (let at = 1; at < word.length; at++) {
			const name = `-${word[at]}`;
			const option = BY_NAME.get(name);
			if (option === void 0) {
				unknown.push(name);
				return;
			}
			apply(option, name, takesValue(option) && at + 1 < word.length ? word.slice(at + 1) : null, true);
			if (takesValue(option)) return;
		}
	}
	function apply(option, name, joined, on) {
		if (!takesValue(option) && joined !== null) {
			complaints.push(`${name} takes no value, and is given ${quoted$1(joined)}. Write ${name} alone.`);
			return;
		}
		const given = takesValue(option) ? joined ?? rest.shift() : "";
		if (given === void 0) {
			complaints.push(`${name} needs a value after it.`);
			return;
		}
		switch (option.kind) {
			case "flag":
				option.set(settings, on);
				return;
			case "value": {
				const complaint = option.set(settings, given);
				if (complaint !== void 0) complaints.push(`${name}: ${complaint}`);
				return;
			}
			case "ignored": return;
			case "refused": complaints.push(`${name} cannot be used here. ${option.instead}`);
		}
	}
}
function takesValue(option) {
	return option.kind === "value" || (option.kind === "ignored" || option.kind === "refused") && option.takesValue;
}

// src/check/smoke/headers.ts
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Headers that say how the request is sent, which is not for the user to say here: names, and what to do. */
const FRAMING = {
	"transfer-encoding": "The body is sent whole. Take the header away.",
	expect: "The body is sent at once. Take the header away.",
	upgrade: "Only HTTP/1.1 is spoken. Take the header away.",
	"keep-alive": "One connection is one request. Take the header away."
};
/**
* All headers but Host (unless the user gave one) and Content-Length, which are made when the request is sent.
* In curl's order: its own, the user's, and the body's type. What the user names replaces what curl would send;
* `Name:` removes it and `Name;` sends it empty.
*/
function requestHeaders(from, login, body, complaints) {
	const own = from.headers.flatMap((line) => userHeader(line, complaints));
	const named = new Set(own.map((header) => header.name.toLowerCase()));
	for (const [name, value] of Object.entries(from.json ? {
		"Content-Type": "application/json",
		Accept: "application/json"
	} : {})) {
		if (named.has(name.toLowerCase())) continue;
		named.add(name.toLowerCase());
		own.push({
			name,
			value
		});
	}
	const defaults = [
		["Authorization", login === null ? null : `Basic ${Buffer.from(login).toString("base64")}`],
		["User-Agent", from.userAgent || null],
		["Accept", "*/*"],
		["Accept-Encoding", from.compressed ? "deflate, gzip, br" : null],
		["Referer", from.referer || null],
		["Cookie", from.cookies.length > 0 ? from.cookies.join(";") : null]
	];
	const headers = [];
	for (const [name, value] of defaults) if (value !== null && !named.has(name.toLowerCase())) headers.push([name, value]);
	for (const { name, value } of own) if (value !== null) headers.push([name, value]);
	if (body !== null && !named.has("content-type")) headers.push(["Content-Type", "application/x-www-form-urlencoded"]);
	for (const [name, value] of headers) if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) complaints.push(`The header ${quoted$1(name)} holds a control character. Take it out: no header can carry one.`);
	return checked(own, headers, body, complaints);
}
/** One `-H`: null as value removes the header. */
function userHeader(line, complaints) {
	const [, name = "", separator, rest = ""] = /^([^:;]*)([:;])(.*)$/s.exec(line) ?? [];
	const value = rest.trim();
	if (separator === void 0 || !TOKEN.test(name) || separator === ";" && value !== "") {
		complaints.push(`The header ${quoted$1(line)} is none. Write "Name: value"; "Name:" takes a header away, "Name;" sends it empty.`);
		return [];
	}
	return [{
		name,
		value: value !== "" || separator === ";" ? value : null
	}];
}
/** Takes out what is made while sending, and complains where the user wants it made otherwise. */
function checked(own, headers, body, complaints) {
	for (const { name, value } of own) {
		const lower = name.toLowerCase();
		const why = value === null ? void 0 : FRAMING[lower];
		if (why !== void 0) complaints.push(`The header ${quoted$1(name)} cannot be sent. ${why}`);
		if (lower === "host" && (value === null || value === "")) complaints.push("The header \"Host\" cannot be left out or empty: HTTP/1.1 requires it.");
		if (lower === "connection" && value !== null && !/^(close|keep-alive)$/i.test(value)) complaints.push(`The header "Connection" is ${quoted$1(value)}. It can be "close" or "keep-alive".`);
		if (lower === "content-length" && value !== String(body?.byteLength ?? 0)) complaints.push(`The header "Content-Length" is counted from the body: ${body?.byteLength ?? 0}. Take it away.`);
	}
	let hosts = 0;
	return headers.filter(([name]) => {
		const lower = name.toLowerCase();
		return lower === "host" ? hosts++ === 0 : lower !== "content-length";
	});
}

// node_modules/shlex/shlex.js
var Shlexer = class {
	constructor(string) {
		this.i = 0;
		this.string = string;
		/**
		* Characters that will be considered whitespace and skipped. Whitespace
		* bounds tokens. By default, includes space, tab, linefeed and carriage
		* return.
		*/
		this.whitespace = " 	\r\n";
		/**
		* Characters that will be considered string quotes. The token accumulates
		* until the same quote is encountered again (thus, different quote types
		* protect each other as in the shell.) By default, includes ASCII single
		* and double quotes.
		*/
		this.quotes = `'"`;
		/**
		* Characters that will be considered as escape. Just `\` by default.
		*/
		this.escapes = "\\";
		/**
		* The subset of quote types that allow escaped characters. Just `"` by default.
		*/
		this.escapedQuotes = "\"";
		/**
		* Whether to support ANSI C-style $'' quotes
		* https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html
		*/
		this.ansiCQuotes = true;
		/**
		* Whether to support localized $"" quotes
		* https://www.gnu.org/software/bash/manual/html_node/Locale-Translation.html
		*
		* The behavior is as if the current locale is set to C or POSIX, i.e., the
		* contents are not translated.
		*/
		this.localeQuotes = true;
		this.debug = false;
	}
	readChar() {
		return this.string.charAt(this.i++);
	}
	processEscapes(string, quote, isAnsiCQuote) {
		if (!isAnsiCQuote && !this.escapedQuotes.includes(quote)) return string;
		const anyEscape = "[" + this.escapes.replace(/(.)/g, "\\$1") + "]";
		if (!isAnsiCQuote && this.escapedQuotes.includes(quote)) {
			const re = new RegExp(anyEscape + "(" + anyEscape + "|\\" + quote + ")", "g");
			return string.replace(re, "$1");
		}
		if (isAnsiCQuote) {
			const patterns = {
				"([\\\\'\"?])": (x) => x,
				"a": () => "\x07",
				"b": () => "\b",
				"e|E": () => "\x1B",
				"f": () => "\f",
				"n": () => "\n",
				"r": () => "\r",
				"t": () => "	",
				"v": () => "\v",
				"([0-7]{1,3})": (x) => String.fromCharCode(parseInt(x, 8)),
				"x([0-9a-fA-F]{1,2})": (x) => String.fromCharCode(parseInt(x, 16)),
				"u([0-9a-fA-F]{1,4})": (x) => String.fromCharCode(parseInt(x, 16)),
				"U([0-9a-fA-F]{1,8})": (x) => String.fromCharCode(parseInt(x, 16)),
				"c(.)": (x) => {
					if (x === "?") return "";
					else if (x === "@") return "\0";
					else return String.fromCharCode(x.charCodeAt(0) & 31);
				}
			};
			const re = new RegExp(anyEscape + "(" + Object.keys(patterns).join("|") + ")", "g");
			return string.replace(re, function(m, p1) {
				for (const matched in patterns) {
					const mm = new RegExp("^" + matched + "$").exec(p1);
					if (mm === null) continue;
					return patterns[matched].apply(null, mm.slice(1));
				}
			});
		}
	}
	*[Symbol.iterator]() {
		let inQuote = false;
		let inDollarQuote = false;
		let escaped = false;
		let lastDollar = -2;
		let token;
		if (this.debug) console.log("full input:", ">" + this.string + "<");
		while (true) {
			const pos = this.i;
			const char = this.readChar();
			if (this.debug) console.log("position:", pos, "input:", ">" + char + "<", "accumulated:", token, "inQuote:", inQuote, "inDollarQuote:", inDollarQuote, "lastDollar:", lastDollar, "escaped:", escaped);
			if (char === "") {
				if (inQuote) throw new Error("Got EOF while in a quoted string");
				if (escaped) throw new Error("Got EOF while in an escape sequence");
				if (token !== void 0) yield token;
				return;
			}
			if (escaped) {
				if (char === "\n") {} else if (inQuote) token = (token || "") + escaped + char;
				else token = (token || "") + char;
				escaped = false;
				continue;
			}
			if (this.escapes.includes(char)) {
				if (!inQuote || inDollarQuote !== false || this.escapedQuotes.includes(inQuote)) {
					escaped = char;
					continue;
				}
			}
			if (inQuote !== false) {
				if (char === inQuote) {
					token = this.processEscapes(token, inQuote, inDollarQuote === "'");
					inQuote = false;
					inDollarQuote = false;
					continue;
				}
				token = (token || "") + char;
				continue;
			}
			if (this.quotes.includes(char)) {
				inQuote = char;
				if (lastDollar === pos - 1) {
					if (char === "'" && !this.ansiCQuotes) {} else if (char === "\"" && !this.localeQuotes) {} else inDollarQuote = char;
				}
				token = token || "";
				if (inDollarQuote !== false) token = token.slice(0, -1);
				continue;
			}
			if (inQuote === false && char === "$") lastDollar = pos;
			if (this.whitespace.includes(char)) {
				if (token !== void 0) yield token;
				token = void 0;
				continue;
			}
			token = (token || "") + char;
		}
	}
};
/**
* Splits a given string using shell-like syntax. This function is the inverse
* of shlex.join().
*
* @param {String} s String to split.
* @returns {String[]}
*/
function split$1(s) {
	return Array.from(new Shlexer(s));
}

// src/check/smoke/words.ts
const PIECE = new RegExp([
	String.raw`(?<plain>\\[\s\S]|'[^']*')`,
	String.raw`(?<ansi>\$'(?:\\[\s\S]|[^'\\])*')`,
	String.raw`(?<double>"(?:\\[\s\S]|[^"\\])*")`,
	String.raw`(?<open>\$?["']|\\$)`,
	String.raw`(?<syntax>\$[\w({@*#?$!-]|[${"`"}|&;<>()]|(?<=^|\s)#)`,
	String.raw`(?<other>[\s\S])`
].join("|"), "g");
const EXPANSION = /\$[\w({@*#?$!-]|`/;
/**
* The words of a command line, split as a POSIX shell splits them (`$'…'` too). No shell runs: what only a
* shell could do (pipes, redirections, variables, substitutions) is a complaint. So is a quote left open.
*/
function splitWords(line, complaints) {
	const syntax = /* @__PURE__ */ new Set();
	let simple = "";
	for (const { groups = {}, 0: piece } of line.matchAll(PIECE)) {
		if (groups.open !== void 0) {
			complaints.push(piece === "\\" ? "It ends with a backslash, which would join it to a next line. Take the backslash away: one line is one request." : `The quote that opens with ${piece} is never closed. Close it; in single quotes an apostrophe is written '\\''.`);
			return [];
		}
		if (groups.syntax !== void 0) syntax.add(piece);
		else if (groups.ansi !== void 0) simple += singleQuoted(piece);
		else if (groups.double !== void 0) {
			const expansion = EXPANSION.exec(piece.replace(/\\[\s\S]/g, ""));
			if (expansion) syntax.add(expansion[0]);
			simple += singleQuoted(piece.replace(/\\([\s\S])/g, (pair, next) => next === "$" || next === "`" ? next : pair));
		} else simple += piece;
	}
	if (syntax.size > 0) {
		complaints.push(`It holds shell syntax (${[...syntax].map((piece) => quoted$1(piece)).join(", ")}), and no shell reads this line. Write one request alone, and put text with such characters in single quotes.`);
		return [];
	}
	return split$1(simple);
}
/** The same for text that is no smoke test: all complaints in one error, worded to follow an input's name. */
function shellWords(text) {
	const complaints = [];
	const words = splitWords(text, complaints);
	if (complaints.length > 0) throw new CheckError("bad-input", `has ${quoted$1(text)}, which cannot be split into words: ${complaints.join(" ")}`);
	return words;
}
function singleQuoted(piece) {
	return `'${(split$1(piece)[0] ?? "").replaceAll("'", "'\\''")}'`;
}

// src/check/smoke/curl.ts
const URL_LINE = /^([a-z][a-z0-9+.-]*:\/\/|(localhost|127\.0\.0\.1|\[::1\])([:/?#]|$))/i;
/**
* The request that one line of `smoke-test` describes: a `curl …` command, a URL, or a path.
* @throws CheckError `bad-input`, one error with all that is wrong with the line.
*/
function parseSmokeTest(line) {
	const text = line.trim();
	const complaints = [];
	const settings = readLine(text, complaints);
	const request = settings && toRequest(text, settings, complaints);
	if (request === null || complaints.length > 0) throw badLine(text, complaints);
	return request;
}
function readLine(text, complaints) {
	if (/^curl(\s|$)/.test(text)) {
		const words = splitWords(text, complaints);
		return complaints.length > 0 ? null : readArguments(words.slice(1), complaints);
	}
	const url = text.startsWith("/") ? `localhost${text}` : URL_LINE.test(text) ? text : null;
	if (url === null) {
		complaints.push("It is none of what it can be: a \"curl …\" command, a URL such as http://localhost:8080/, or a path such as /.");
		return null;
	}
	return {
		...readArguments([], complaints),
		urls: [url],
		globOff: true
	};
}
function toRequest(text, settings, complaints) {
	const { method, head, get } = settings;
	const data = settings.data.map((part, at) => (at === 0 ? "" : part.joint) + part.text).join("");
	const body = settings.data.length > 0 && !get ? new Uint8Array(Buffer.from(data)) : null;
	if (head && body !== null) complaints.push("-I asks with HEAD, which sends no data. Take -I or the data away, or add -G.");
	if (method !== null && (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method) || /^connect$/i.test(method))) complaints.push(`-X: ${quoted$1(method)} is no method that can be asked, such as GET or POST.`);
	if (settings.user !== null && !settings.user.includes(":")) complaints.push("-u: There is nobody to ask for the password. Write USER:PASSWORD.");
	const url = onlyUrl(settings, complaints);
	const headers = requestHeaders(settings, login(settings, url), body, complaints);
	const path = url === null ? "/" : get ? withQuery(url.path, data, complaints) : url.path;
	if (url === null) return null;
	return {
		text,
		method: method ?? (head ? "HEAD" : body === null ? "GET" : "POST"),
		methodIsExplicit: method !== null,
		scheme: url.scheme,
		host: url.host,
		port: url.port,
		path,
		headers,
		body,
		followRedirects: settings.follow,
		maxRedirects: settings.maxRedirects,
		insecure: settings.insecure,
		compressed: settings.compressed,
		failOnStatus: settings.fail,
		includeHeaders: settings.include || head,
		maxTime: settings.maxTime,
		connectTimeout: settings.connectTimeout
	};
}
function onlyUrl(settings, complaints) {
	const [url, ...others] = settings.urls;
	if (url === void 0) {
		complaints.push("It names no URL. Add one, such as http://localhost:8080/.");
		return null;
	}
	if (others.length > 0) {
		const list = settings.urls.map((each) => quoted$1(each)).join(", ");
		complaints.push(`It names more than one URL: ${list}. One line is one request; text with blanks needs quotes.`);
		return null;
	}
	if (!settings.globOff && /[[\]{}]/.test(url.replace(/\[::1\]/i, ""))) complaints.push(`In the URL ${quoted$1(url)}, [ ] { } mean many URLs to curl, and one line is one request. -g takes them as they are.`);
	return parseUrl(url, settings, complaints);
}
/** `-u` wins over the URL. */
function login(settings, url) {
	if (settings.user !== null) return settings.user;
	return url === null || url.user === null ? null : `${url.user}:${url.password ?? ""}`;
}
function withQuery(path, data, complaints) {
	if (/[\0- \x7f#]/.test(data)) complaints.push("-G puts the data into the URL, which holds no blank and no #. Use --data-urlencode.");
	if (data === "") return path;
	const encoded = percentEncoded(data, /[!-~]/, "lower");
	if (!path.includes("?")) return `${path}?${encoded}`;
	return /[?&]$/.test(path) ? path + encoded : `${path}&${encoded}`;
}

// src/engines/docker/archive.ts
/**
* The two corners of the tar format that `docker cp` needs: writing a few small files, and telling whether
* a directory's archive holds more than the directory itself. Format: POSIX.1-1988 ustar.
*/
const BLOCK = 512;
/** An archive of regular files, owned by root. Names are at most 100 bytes. */
function archive(entries) {
	const blocks = entries.flatMap((entry) => {
		const padding = (BLOCK - entry.content.length % BLOCK) % BLOCK;
		return [
			header(entry),
			entry.content,
			new Uint8Array(padding)
		];
	});
	return Buffer.concat([...blocks, new Uint8Array(2 * BLOCK)]);
}
function header(entry) {
	const block = Buffer.alloc(BLOCK);
	const octal = (value, offset, length) => block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, offset, "latin1");
	block.write(entry.name, 0, 100, "utf8");
	octal(entry.mode, 100, 8);
	octal(0, 108, 8);
	octal(0, 116, 8);
	octal(entry.content.length, 124, 12);
	octal(0, 136, 12);
	block.write(" ".repeat(8), 148, "latin1");
	block.write("0", 156, "latin1");
	block.write("ustar\x0000", 257, "latin1");
	const sum = block.reduce((total, byte) => total + byte, 0);
	block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
	return block;
}
/**
* Whether an archive, of which `start` holds the first three blocks or more, has anything in it beside one
* directory: another entry, or a first entry that is no directory.
*/
function holdsSomething(start) {
	return !(start[156] === "5".charCodeAt(0)) || start.subarray(BLOCK, 2 * BLOCK).some((byte) => byte !== 0);
}

// src/engines/docker/arguments.ts
/** The label by which everything that a run made is found again. */
const RUN_LABEL = "immutable-check.run";
/** Mount point of the small tmpfs in which every attempt has to succeed: beside the helper's own. */
function writableDirectory(helperDirectory) {
	return `${helperDirectory}-writable`;
}
/**
* Arguments of `docker build`. The image is addressed by the ID that the builder writes to `iidFile`.
* @param classic whether the classic builder is used: it leaves the container of a failed step behind unless told
*/
function buildArguments(source, iidFile, classic = false) {
	return [
		"build",
		...classic ? ["--force-rm"] : [],
		"--iidfile",
		iidFile,
		...option("--file", source.file),
		...option("--target", source.target),
		...option("--platform", source.platform),
		...source.buildArgs.flatMap((argument) => ["--build-arg", argument]),
		...source.options,
		"--",
		source.context
	];
}
/**
* The settings of a container, for `docker run` and `docker create`. The name and the label come first: a word among
* the user's flags that is none would be taken for the image and end the flags, and what it made is found all the
* same. What the layer is about comes last, and so has the last word.
*/
function containerArguments(run, root, names) {
	return [
		"--name",
		names.container,
		"--label",
		`${RUN_LABEL}=${names.run}`,
		"--mount",
		`type=volume,source=${names.helperVolume},target=${names.helperDirectory},readonly,volume-nocopy,volume-label=${RUN_LABEL}=${names.run}`,
		"--tmpfs",
		`${writableDirectory(names.helperDirectory)}:mode=1777,size=1m`,
		...root === "read-only" ? run.tmpfs.flatMap((mount) => ["--tmpfs", mount]) : [],
		...run.ports.flatMap((port) => ["--publish", `127.0.0.1::${port}`]),
		...run.volumes.flatMap((volume) => ["--volume", volume]),
		...run.env.flatMap((variable) => ["--env", variable]),
		...option("--user", run.user),
		...option("--platform", run.platform),
		...run.options,
		`--read-only=${root === "read-only"}`
	];
}
/** Arguments of `docker run` for the program itself. */
function runArguments(imageId, run, root, names) {
	return [
		"run",
		"--detach",
		...containerArguments(run, root, names),
		"--",
		imageId,
		...run.command ?? []
	];
}
/** Arguments of `docker create` for a container in which argv takes the program's place. */
function aloneArguments(imageId, run, root, names, argv) {
	const [program, ...rest] = argv;
	return [
		"create",
		...containerArguments(run, root, names),
		"--no-healthcheck",
		"--entrypoint",
		program ?? "",
		"--",
		imageId,
		...rest
	];
}
/** Arguments of the `docker create` that is never started: through it the helper files reach their volume. */
function helperArguments(imageId, platform, names) {
	return [
		"create",
		...option("--platform", platform),
		"--name",
		names.container,
		"--label",
		`${RUN_LABEL}=${names.run}`,
		"--network",
		"none",
		"--no-healthcheck",
		"--mount",
		`type=volume,source=${names.helperVolume},target=${names.helperDirectory},volume-nocopy,volume-label=${RUN_LABEL}=${names.run}`,
		"--entrypoint",
		`${names.helperDirectory}/none`,
		"--",
		imageId
	];
}
/**
* Names of the volumes that the run settings ask for. The engine would make those that do not exist,
* without a label, and they would be left behind.
*/
function namedVolumes(run) {
	const sources = run.volumes.map((volume) => volume.split(":")[0] ?? "");
	run.options.forEach((word, index) => {
		const [flag = "", joined] = split(word);
		const value = joined ?? run.options[index + 1] ?? "";
		const volume = /^-v[^=]/.test(word) ? word.slice(2) : flag === "-v" || flag === "--volume" ? value : "";
		if (volume.includes(":")) sources.push(volume.split(":")[0] ?? "");
		if (flag === "--mount") {
			const fields = new Map(value.split(",").map((field) => split(field)));
			if ((fields.get("type") ?? "volume") === "volume") sources.push(fields.get("source") ?? fields.get("src") ?? "");
		}
	});
	return [...new Set(sources.filter((source) => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(source)))];
}
function split(word) {
	const at = word.indexOf("=");
	return at < 0 ? [word, void 0] : [word.slice(0, at), word.slice(at + 1)];
}
function option(flag, value) {
	return value === null ? [] : [flag, value];
}

// src/platform/exec.ts
/** A program that did not end in its time. */
var ExecTimeout = class extends Error {
	name = "ExecTimeout";
};
/**
* Starts a program. Unlike `@actions/exec`, which runs the builds, it can be ended, gives its output as it
* comes with back-pressure, and keeps no more of it than asked: what a container prints has no size of its own.
*/
function start(command) {
	const [file, ...args] = command.argv;
	const child = spawn(file, args, {
		stdio: [
			command.input ? "pipe" : "ignore",
			"pipe",
			"pipe"
		],
		...command.env ? { env: command.env } : {},
		...command.signal ? {
			signal: command.signal,
			killSignal: "SIGKILL"
		} : {}
	});
	let stderr = "";
	child.stderr?.setEncoding("utf8").on("data", (text) => {
		stderr = (stderr + text).slice(-16384);
	});
	if (command.input && child.stdin) {
		child.stdin.on("error", () => {});
		if (command.input !== "open") child.stdin.end(command.input);
	}
	const limit = command.timeout;
	let late = false;
	const end = () => {
		late = true;
		child.kill("SIGKILL");
		child.stdout?.destroy();
		child.stderr?.destroy();
	};
	const timer = limit === void 0 ? void 0 : setTimeout(end, limit).unref();
	const done = new Promise((resolve, reject) => {
		child.once("error", (error) => {
			reject(error);
			child.stdout?.destroy();
			child.stderr?.destroy();
		});
		child.once("close", (code, signal) => {
			clearTimeout(timer);
			if (late) reject(new ExecTimeout(`${file} did not end in ${(limit ?? 0) / 1e3} s`));
			resolve({
				exitCode: code ?? (signal ? 137 : 1),
				stderr
			});
		});
	});
	done.catch(() => {});
	if (!child.stdout) throw new Error(`No standard output from ${file}`);
	return {
		output: child.stdout,
		done,
		endInput: () => child.stdin?.end(),
		kill: () => child.kill("SIGKILL")
	};
}
/** Runs a program to its end and gives what it printed. */
async function capture(command) {
	const running = start(command);
	const limit = command.limit ?? 16777216;
	const chunks = [];
	let size = 0;
	try {
		for await (const chunk of running.output) {
			size += chunk.length;
			if (size > limit) {
				running.kill();
				break;
			}
			chunks.push(chunk);
		}
	} catch (thrown) {
		await running.done;
		throw thrown;
	}
	const { exitCode, stderr } = await running.done;
	return {
		exitCode,
		stdout: Buffer.concat(chunks),
		stderr
	};
}
/**
* Runs a long command whose output people want to follow, through `@actions/exec`, silent but for `print`.
* Returns its exit code.
*/
async function follow(command, print) {
	const { exec } = await import("./exec.js");
	const [file, ...args] = command.argv;
	const { signal } = command;
	const children = [];
	const note = (message) => {
		if (isObject$1(message) && message.process instanceof ChildProcess) children.push(message.process);
	};
	const end = () => {
		for (const child of children) {
			if (!isDeepStrictEqual(child.spawnargs?.slice(1), args)) continue;
			child.kill("SIGTERM");
			setTimeout(() => child.kill("SIGKILL"), 2e3).unref();
			child.stdout?.destroy();
			child.stderr?.destroy();
		}
	};
	const env = Object.fromEntries(Object.entries(command.env ?? process.env).filter((entry) => entry[1] !== void 0));
	diagnostics.subscribe("child_process", note);
	signal?.addEventListener("abort", end);
	try {
		signal?.throwIfAborted();
		return await exec(quoted(file), args, {
			silent: true,
			ignoreReturnCode: true,
			env,
			listeners: {
				stdout: print,
				stderr: print
			}
		});
	} finally {
		signal?.removeEventListener("abort", end);
		diagnostics.unsubscribe("child_process", note);
	}
}
function isObject$1(value) {
	return typeof value === "object" && value !== null;
}
function quoted(file) {
	return file.includes(" ") ? `"${file}"` : file;
}

// src/platform/log.ts
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
/** Text without any character that moves a cursor, rings, or turns the reading direction; `\xNN` stands in its place. */
function printable(text) {
	return text.replace(/\r+\n/g, "\n").replace(CONTROL, (character) => {
		const code = character.charCodeAt(0);
		return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
	});
}
/** For a terminal or a file: plain lines, groups as headings. */
function plainLog(write, colour) {
	const paint = (code, text) => colour ? `\u001b[${code}m${text}\u001b[0m` : text;
	return {
		info: (text) => write(`${printable(text)}\n`),
		warning: (text) => write(`${paint("33", `Warning: ${printable(text)}`)}\n`),
		error: (text) => write(`${paint("31", `Error: ${printable(text)}`)}\n`),
		foreign: (text) => write(`${printable(text).replace(/^/gm, "  | ")}\n`),
		group: (title) => write(`${paint("1", printable(title))}\n`),
		end: () => {}
	};
}
/** For a GitHub runner: workflow commands of ours, and none of anybody else's. */
function actionsLog(write) {
	const data = (text) => printable(text).replaceAll("%", "%25").replaceAll("\n", "%0A");
	const inert = (text) => printable(text).replace(/^(\s*):(?=:)/gm, "$1:​").replaceAll("##[", "#​#[");
	return {
		info: (text) => write(`${inert(text)}\n`),
		warning: (text) => write(`::warning::${data(text)}\n`),
		error: (text) => write(`::error::${data(text)}\n`),
		foreign: (text) => {
			const token = randomUUID();
			write(`::stop-commands::${token}\n${inert(text)}\n::${token}::\n`);
		},
		group: (title) => write(`::group::${data(title)}\n`),
		end: () => write("::endgroup::\n")
	};
}
/** Keeps what is said until `flush`, so that two things done at the same time are told one after the other. */
function heldLog(log) {
	const held = [];
	const hold = (say) => (text) => {
		held.push(() => say(text));
	};
	return {
		info: hold(log.info),
		warning: hold(log.warning),
		error: hold(log.error),
		foreign: hold(log.foreign),
		group: hold(log.group),
		end: () => held.push(log.end),
		flush: () => {
			for (const say of held.splice(0)) say();
		}
	};
}

// src/engines/docker/client.ts
/** Variables that hold tokens of the workflow: a flag such as `--env NAME` or `--env-file` must not find them. */
const SECRET = /^(INPUT_|GITHUB_TOKEN$|GH_TOKEN$|ACTIONS_(RUNTIME_TOKEN|ID_TOKEN_REQUEST_TOKEN)$)/;
/** Milliseconds that a call may take. An engine that hangs must not hang the check; a pull takes what it takes. */
const LIMIT = 12e4;
/** Milliseconds for a command in a container: an attack on millions of files, and not a process that was stopped. */
const EXECUTION_LIMIT = 9e5;
/** The `docker` command line client: it knows contexts, TLS and SSH, and every flag that users may give. */
var Client = class {
	#program;
	#signal;
	#env;
	constructor(program, signal, env = process.env) {
		this.#program = program;
		this.#signal = signal;
		this.#env = Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.test(name)));
	}
	/** Runs to the end; the exit code is the caller's to judge. Fails only where there is no client or no engine. */
	async ask(args, how = {}) {
		const finished = await this.#explained(capture({
			timeout: args[0] === "pull" ? 36e5 : LIMIT,
			...this.#command(args, how)
		}));
		if (finished.exitCode !== 0) refuseWithoutEngine(finished.stderr);
		return finished;
	}
	/** Like `ask`, for calls that can only fail when something is wrong with the engine. */
	async demand(args, how = {}) {
		const finished = await this.ask(args, how);
		if (finished.exitCode !== 0) throw this.failure(args, finished);
		return finished.stdout;
	}
	/** Starts, and gives the output as it comes. */
	start(args, input) {
		return start({
			timeout: EXECUTION_LIMIT,
			...this.#command(args, input ? { input } : {})
		});
	}
	/** Runs a build, whose output people follow. `env` is added to the client's. */
	async follow(args, env, print) {
		return this.#explained(follow({
			argv: [this.#program, ...args],
			env: {
				...this.#env,
				...env
			},
			signal: this.#signal
		}, print));
	}
	/** Runs even when the check was cancelled: what it made has to go all the same. */
	async clean(args) {
		return capture({
			argv: [this.#program, ...args],
			env: this.#env,
			timeout: LIMIT
		});
	}
	failure(args, finished) {
		const verb = args.slice(0, 2).join(" ");
		return new CheckError("engine-failed", `\`${this.#program} ${verb}\` failed with exit code ${finished.exitCode}: ${lastLines(finished.stderr)}`);
	}
	#command(args, how) {
		return {
			argv: [this.#program, ...args],
			env: this.#env,
			signal: this.#signal,
			...how
		};
	}
	async #explained(work) {
		try {
			return await work;
		} catch (thrown) {
			if (this.#signal.aborted) throw new CheckError("cancelled", "The check was cancelled.", { cause: thrown });
			if (thrown instanceof ExecTimeout) throw new CheckError("no-engine", `The Docker engine does not answer: ${thrown.message}. Restart it.`, { cause: thrown });
			if ((typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : null) === "ENOENT" || /Unable to locate/.test(String(thrown))) throw new CheckError("no-engine", `There is no \`${this.#program}\` program on the path, so no container can be started. Install Docker, or put its client on the path: https://docs.docker.com/engine/install/`, { cause: thrown });
			throw thrown;
		}
	}
};
function refuseWithoutEngine(stderr) {
	if (/permission denied.*(docker daemon|docker\.sock|docker API)/is.test(stderr)) throw new CheckError("no-engine", `The Docker engine runs, but this user may not use it: ${lastLines(stderr)} Add the user to the group "docker", or run as a user who is in it.`);
	if (/Cannot connect to the Docker daemon|error during connect|Is the docker daemon running|failed to connect to the docker API|unable to resolve docker endpoint/i.test(stderr)) throw new CheckError("no-engine", `No Docker engine answers: ${lastLines(stderr)} Start it (\`systemctl start docker\`, Docker Desktop), or check DOCKER_HOST and the Docker context.`);
}
/** The end of what a program printed, on one line, safe to show. */
function lastLines(output, count = 4) {
	const lines = output.trim().split("\n").filter((line) => line.trim() !== "");
	const shown = printable(lines.slice(-count).map((line) => line.trim()).join(" ")).slice(-800);
	return shown === "" ? "it printed nothing." : /[.!?]$/.test(shown) ? shown : `${shown}.`;
}

// src/engines/docker/inspection.ts
function first(stdout) {
	const parsed = JSON.parse(Buffer.from(stdout).toString("utf8"));
	const entry = Array.isArray(parsed) ? parsed[0] : parsed;
	if (!isObject(entry)) throw new CheckError("engine-failed", "The engine answered an inspection with no object in it.");
	return entry;
}
function isObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function object(value) {
	return isObject(value) ? value : {};
}
function text$1(value) {
	return typeof value === "string" ? value : "";
}
function list(value) {
	return Array.isArray(value) ? value : [];
}
function readImage(json, reference) {
	const config = object(json.Config);
	const id = text$1(json.Id);
	if (!/^sha256:[0-9a-f]{64}$/.test(id)) throw new CheckError("engine-failed", `The engine gives the image "${reference}" no ID to address it by.`);
	const digests = list(json.RepoDigests).map((name) => text$1(name).split("@")[1] ?? "");
	const variant = text$1(json.Variant);
	return {
		id,
		reference,
		digest: digests.find((digest) => digest !== "") ?? null,
		user: text$1(config.User),
		volumes: Object.keys(object(config.Volumes)).sort(),
		ports: Object.keys(object(config.ExposedPorts)).filter((port) => /^\d+(\/tcp)?$/.test(port)).map((port) => Number.parseInt(port, 10)).sort((a, b) => a - b),
		hasHealthcheck: list(object(config.Healthcheck).Test).length > 0 && list(object(config.Healthcheck).Test)[0] !== "NONE",
		platform: [
			text$1(json.Os) || "linux",
			text$1(json.Architecture),
			...variant ? [variant] : []
		].join("/")
	};
}
function readState(json) {
	const state = object(json.State);
	if (state.Running === true && state.Restarting !== true) {
		const health = text$1(object(state.Health).Status);
		return {
			kind: "running",
			health: health === "starting" || health === "healthy" || health === "unhealthy" ? health : "none",
			restarts: typeof json.RestartCount === "number" ? json.RestartCount : 0
		};
	}
	const reason = state.OOMKilled === true ? "it was killed for want of memory" : printable(text$1(state.Error)) || null;
	return {
		kind: "ended",
		exitCode: typeof state.ExitCode === "number" ? state.ExitCode : -1,
		reason
	};
}
/** Host addresses by container port (`8080/tcp`), and the network mode, where `localhost` is the container's own. */
function readPorts(json) {
	const published = /* @__PURE__ */ new Map();
	for (const [name, bindings] of Object.entries(object(object(json.NetworkSettings).Ports))) {
		const port = /^(\d+)\/tcp$/.exec(name)?.[1];
		for (const binding of list(bindings).map(object)) {
			const hostPort = Number(text$1(binding.HostPort));
			const hostIp = text$1(binding.HostIp);
			if (!port || !hostPort) continue;
			const host = hostIp === "" || hostIp === "0.0.0.0" || hostIp === "::" ? "127.0.0.1" : hostIp;
			if (!published.has(Number(port)) || hostIp === "127.0.0.1") published.set(Number(port), {
				host,
				port: hostPort
			});
		}
	}
	return {
		hostNetwork: text$1(object(json.HostConfig).NetworkMode) === "host",
		published
	};
}
/**
* The mounts as they were asked for. `.Mounts` leaves out `--tmpfs` and cannot tell an image's VOLUME from
* the run's own; `.HostConfig` can. What this check itself mounts (`own`) is left out.
*/
function readMounts(json, own) {
	const host = object(json.HostConfig);
	const asked = /* @__PURE__ */ new Set();
	const mounts = [];
	for (const [written, options] of Object.entries(object(host.Tmpfs))) {
		const path = tidy(written);
		if (own.includes(path)) continue;
		asked.add(path);
		mounts.push({
			path,
			kind: "tmpfs",
			source: "",
			writable: !text$1(options).split(",").includes("ro"),
			declared: true
		});
	}
	for (const bind of list(host.Binds).map(text$1)) asked.add(tidy(bind.split(":")[1] ?? ""));
	for (const mount of list(host.Mounts).map(object)) {
		const target = tidy(text$1(mount.Target));
		asked.add(target);
		if (mount.Type === "tmpfs") mounts.push({
			path: target,
			kind: "tmpfs",
			source: "",
			writable: mount.ReadOnly !== true,
			declared: true
		});
	}
	for (const mount of list(json.Mounts).map(object)) {
		const path = tidy(text$1(mount.Destination));
		if (own.includes(path) || mount.Type === "tmpfs") continue;
		mounts.push({
			path,
			kind: mount.Type === "bind" ? "bind" : "volume",
			source: text$1(mount.Name) || text$1(mount.Source),
			writable: mount.RW === true,
			declared: asked.has(path)
		});
	}
	return mounts;
}
/** As the kernel tells it: what users write may end with a slash. */
function tidy(path) {
	return normalisePath(path) ?? path;
}
/** Whether the engine runs something in the container as its own user, or other processes are seen in it. */
function readOwnUserCounts(json) {
	const test = list(object(object(json.Config).Healthcheck).Test);
	return test.length > 0 && test[0] !== "NONE" || text$1(object(json.HostConfig).PidMode) !== "";
}
/** Given rights with which mounts, or what others in the container are told, can be changed. */
function readPowers(json) {
	const host = object(json.HostConfig);
	const added = list(host.CapAdd).map((name) => text$1(name).toUpperCase().replace(/^CAP_/, ""));
	return [...host.Privileged === true ? ["--privileged"] : [], ...added.filter((name) => [
		"ALL",
		"SYS_ADMIN",
		"SYS_MODULE",
		"SYS_PTRACE"
	].includes(name)).map((name) => `CAP_${name}`)];
}

// src/engines/docker/container.ts
const CHANGES = {
	A: "added",
	C: "changed",
	D: "deleted"
};
/** A container of this check, made by `docker run` or `docker create`, gone when it is disposed of. */
var DockerContainer = class {
	name;
	rootReadOnly;
	mounts;
	ownUserCounts;
	powers;
	#client;
	#ports;
	#remove;
	/** `remove` begins the container's removal. */
	constructor(client, name, inspected, helper, remove) {
		this.#remove = remove;
		this.#client = client;
		this.name = name;
		this.rootReadOnly = object(inspected.HostConfig).ReadonlyRootfs === true;
		this.mounts = readMounts(inspected, helper);
		this.ownUserCounts = readOwnUserCounts(inspected);
		this.powers = readPowers(inspected);
		this.#ports = readPorts(inspected);
	}
	address(port) {
		const published = this.#ports.published.get(port);
		if (published) return published;
		if (this.#ports.hostNetwork) return {
			host: "127.0.0.1",
			port
		};
		throw new CheckError("bad-input", `The container's port ${port} is not published: its network settings (\`run-options\`) do not allow it. Smoke tests need a network that publishes ports, such as the default bridge.`);
	}
	async state() {
		return readState(first(await this.#client.demand([
			"container",
			"inspect",
			"--",
			this.name
		])));
	}
	run(argv, how = {}) {
		return this.#client.start([
			"exec",
			...how.input ? ["--interactive"] : [],
			...how.as ? ["--user", `${how.as.uid}:${how.as.gid}`] : [],
			"--workdir",
			"/",
			this.name,
			...argv
		], how.input);
	}
	async changes() {
		const listed = showLines(await this.#client.demand([
			"container",
			"diff",
			this.name
		], { limit: 268435456 }));
		const changes = [];
		for (const line of listed) {
			const [, kind, path] = /^([ACD]) (\/.*)$/.exec(line) ?? [];
			const last = changes.at(-1);
			if (kind && path) changes.push({
				path,
				change: CHANGES[kind]
			});
			else if (last) changes[changes.length - 1] = {
				...last,
				path: `${last.path}\\x0a${line}`
			};
		}
		return changes;
	}
	async logs(tail) {
		const running = this.#client.start([
			"logs",
			"--tail",
			String(tail),
			this.name
		]);
		const chunks = [];
		let size = 0;
		for await (const chunk of running.output) {
			chunks.push(chunk);
			size += chunk.length;
			if (size > 4194304) running.kill();
		}
		const { stderr } = await running.done;
		return Buffer.concat([...chunks, Buffer.from(stderr)]).subarray(-65536);
	}
	async [Symbol.asyncDispose]() {
		this.#remove();
	}
};
function showLines(bytes) {
	const lines = [];
	let from = 0;
	for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
		lines.push(showBytes(bytes.subarray(from, at)));
		from = at + 1;
	}
	return lines;
}

// src/engines/docker/leftovers.ts
/**
* Everything that one run made on the engine, and its removal. A removal is begun by whoever does not need the
* thing any more, and waited for at the end: the report is written meanwhile.
*/
var Leftovers = class {
	#client;
	#run;
	#made = /* @__PURE__ */ new Set();
	#containers = /* @__PURE__ */ new Set();
	#volumes = /* @__PURE__ */ new Set();
	constructor(client, run) {
		this.#client = client;
		this.#run = run;
	}
	/** To be called before a container or volume of this name is made. */
	expect(name) {
		this.#made.add(name);
	}
	/** To be called where something may have been made under a name that is not known: its label tells then. */
	doubt() {
		this.#made.add("");
	}
	/** Begins to remove a container, with the anonymous volumes of its image's VOLUMEs. */
	removeContainer(name) {
		this.#containers.add(this.#remove(name, [
			"rm",
			"--force",
			"--volumes",
			name
		]));
	}
	/** Begins to remove a volume, once the containers that may use it are gone. */
	removeVolume(name) {
		const containers = [...this.#containers];
		this.#volumes.add(Promise.all(containers).then(() => this.#remove(name, [
			"volume",
			"rm",
			"--force",
			name
		])));
	}
	async close() {
		await Promise.all(this.#containers);
		await Promise.all(this.#volumes);
		return this.#made.size === 0 ? [] : this.removeAll();
	}
	async removeAll() {
		return [...await this.#removeLabelled(["ps", "--all"], [
			"rm",
			"--force",
			"--volumes"
		]), ...await this.#removeLabelled(["volume", "ls"], [
			"volume",
			"rm",
			"--force"
		])];
	}
	async #remove(name, removal) {
		try {
			const { exitCode } = await this.#client.clean(removal);
			if (exitCode === 0) this.#made.delete(name);
		} catch {}
	}
	async #removeLabelled(list, removal) {
		try {
			const listed = await this.#client.clean([
				...list,
				"--quiet",
				"--filter",
				`label=${RUN_LABEL}=${this.#run}`
			]);
			if (listed.exitCode !== 0) return [lastLines(listed.stderr)];
			const found = Buffer.from(listed.stdout).toString("utf8").split("\n").filter((id) => id !== "");
			if (found.length === 0) return [];
			const removed = await this.#client.clean([...removal, ...found]);
			return removed.exitCode === 0 ? [] : [lastLines(removed.stderr)];
		} catch (thrown) {
			return [String(thrown)];
		}
	}
};

// src/engines/docker/docker.ts
/** What Docker puts into every container by itself, and everything that is mounted in it. Seen on Docker 20.10 to 28. */
const PROVIDED = [
	"/dev",
	"/dev/pts",
	"/dev/shm",
	"/dev/mqueue",
	"/proc",
	"/sys"
];
var Docker = class {
	name = "docker";
	capabilities = { provided: PROVIDED };
	#client;
	#run;
	#leftovers;
	#described = null;
	#count = 0;
	/** `run` is the ID of this run: the label of everything that is made. */
	constructor(run, signal, env) {
		this.#run = run;
		this.#client = new Client("docker", signal, env);
		this.#leftovers = new Leftovers(this.#client, run);
	}
	/** Asked once, however often. */
	describe() {
		this.#described ??= this.#ask();
		return this.#described;
	}
	async #ask() {
		const answer = await this.#client.demand([
			"version",
			"--format",
			"{{json .Server}}"
		]);
		const server = object(JSON.parse(Buffer.from(answer).toString("utf8")));
		return {
			version: text$1(server.Version),
			platform: `${text$1(server.Os) || "linux"}/${text$1(server.Arch)}`
		};
	}
	async build(source, print) {
		const folder = await mkdtemp(join(tmpdir(), "immutable-check-"));
		try {
			const iidFile = join(folder, "iid");
			let tail = "";
			const env = await this.#builder();
			const classic = (env.DOCKER_BUILDKIT ?? process.env.DOCKER_BUILDKIT) === "0";
			const exitCode = await this.#client.follow(buildArguments(source, iidFile, classic), env, (chunk) => {
				tail = (tail + Buffer.from(chunk).toString("utf8")).slice(-16384);
				print(chunk);
			});
			if (exitCode !== 0) {
				await this.#ask();
				throw new CheckError("build-failed", `\`docker build\` failed with exit code ${exitCode}. Its last lines: ${lastLines(tail, 8)} Mend the Dockerfile or the build inputs; the log holds the whole output.`);
			}
			const id = (await readFile(iidFile, "utf8")).trim();
			const inspected = await this.#client.ask([
				"image",
				"inspect",
				"--",
				id
			]);
			if (inspected.exitCode !== 0) throw new CheckError("build-failed", `The build succeeded, but the engine does not have its image ${id}: the builder keeps it to itself. Add \`--load\` to build-options.`);
			return readImage(first(inspected.stdout), source.file ?? join(source.context, "Dockerfile"));
		} finally {
			await rm(folder, {
				recursive: true,
				force: true
			});
		}
	}
	/**
	* BuildKit where it is to be had: a client before 23 has it inside and does not use it unless told; a later
	* one has it as the component buildx, and without that only the classic builder works.
	*/
	async #builder() {
		if (process.env.DOCKER_BUILDKIT !== void 0 && process.env.DOCKER_BUILDKIT !== "1") return {};
		const [version, buildx] = await Promise.all([this.#client.ask([
			"version",
			"--format",
			"{{.Client.Version}}"
		]), this.#client.ask(["buildx", "version"])]);
		const major = Number.parseInt(Buffer.from(version.stdout).toString("utf8"), 10);
		return { DOCKER_BUILDKIT: buildx.exitCode === 0 || major < 23 ? "1" : "0" };
	}
	async inspect(reference, platform) {
		const found = await this.#client.ask([
			"image",
			"inspect",
			"--",
			reference
		]);
		if (found.exitCode === 0) {
			const image = readImage(first(found.stdout), reference);
			if (platform === null || isID(reference) || samePlatform(image.platform, platform)) return image;
		} else if (isID(reference)) throw new CheckError("image-not-found", `There is no image with the ID "${reference}" on this engine, and an ID cannot be pulled. Build or load it in an earlier step of the same job, or name a tag or digest.`);
		const pulled = await this.#client.ask([
			"pull",
			"--quiet",
			...platform ? ["--platform", platform] : [],
			"--",
			reference
		]);
		if (pulled.exitCode !== 0) throw new CheckError("image-not-found", `The image "${reference}" is not on this engine and could not be pulled: ${lastLines(pulled.stderr)} Check the name, and log in to its registry before this step.`);
		return readImage(first(await this.#client.demand([
			"image",
			"inspect",
			"--",
			reference
		])), reference);
	}
	bringIn(image, files) {
		const names = this.#names("helper", {
			volume: `immutable-check-${this.#run}-helper`,
			directory: `/.immutable-check-${randomUUID().slice(0, 8)}`
		});
		this.#leftovers.expect(names.helperVolume);
		const ready = this.#copyIn(image, files, names);
		ready.catch(() => {});
		return {
			directory: names.helperDirectory,
			writable: writableDirectory(names.helperDirectory),
			ready,
			[Symbol.asyncDispose]: async () => {
				await ready.catch(() => {});
				this.#leftovers.removeVolume(names.helperVolume);
			}
		};
	}
	/** Through a container that is never started, into a volume that another container may already have mounted. */
	async #copyIn(image, files, names) {
		await this.#withHelperContainer(image, names, async () => {
			await this.#client.demand([
				"cp",
				"-",
				`${names.container}:${names.helperDirectory}`
			], { input: archive(files) });
		});
	}
	async #withHelperContainer(image, names, work) {
		this.#leftovers.expect(names.container);
		try {
			const made = await this.#client.ask(helperArguments(image.id, null, names));
			if (made.exitCode !== 0) throw notStarted(made.stderr, "The image cannot be made into a container");
			return await work();
		} finally {
			this.#leftovers.removeContainer(names.container);
		}
	}
	async start(image, run, root, helper) {
		const names = await this.#prepare(root, run, helper);
		const started = await this.#client.ask(runArguments(image.id, run, root, names));
		if (started.exitCode !== 0) {
			this.#leftovers.removeContainer(names.container);
			throw notStarted(started.stderr, `The container could not be started (root filesystem ${root})`);
		}
		return this.#adopt(image, names);
	}
	async alone(image, run, root, helper, argv) {
		const names = await this.#prepare(`${root}-alone`, run, helper);
		const made = await this.#client.ask(aloneArguments(image.id, {
			...run,
			ports: []
		}, root, names, argv));
		if (made.exitCode !== 0) {
			this.#leftovers.removeContainer(names.container);
			throw notStarted(made.stderr, "The container could not be created");
		}
		const container = await this.#adopt(image, names);
		return Object.assign(container, { execution: this.#client.start([
			"start",
			"--attach",
			names.container
		]) });
	}
	async holds(image, path) {
		const names = this.#names("look", {
			volume: `immutable-check-${this.#run}-look`,
			directory: `/.immutable-check-${randomUUID().slice(0, 8)}`
		});
		this.#leftovers.expect(names.helperVolume);
		try {
			return await this.#withHelperContainer(image, names, () => this.#holdsAt(names.container, path));
		} finally {
			this.#leftovers.removeVolume(names.helperVolume);
		}
	}
	async #holdsAt(container, path) {
		const copying = this.#client.start([
			"cp",
			"--follow-link",
			`${container}:${path}`,
			"-"
		]);
		const start = [];
		let size = 0;
		for await (const chunk of copying.output) {
			start.push(chunk);
			size += chunk.length;
			if (size >= 1536) break;
		}
		copying.kill();
		const { stderr } = await copying.done;
		if (size > 0) return holdsSomething(Buffer.concat(start));
		if (/could not find|no such file/i.test(stderr)) return false;
		throw new CheckError("engine-failed", `The engine does not tell what the image holds at ${path}: ${lastLines(stderr)}`);
	}
	close() {
		return this.#leftovers.close();
	}
	removeAll() {
		return this.#leftovers.removeAll();
	}
	/** Names for a container, and this run's label on the volumes that the engine would make for it without one. */
	async #prepare(part, run, helper) {
		const names = this.#names(part, {
			volume: `immutable-check-${this.#run}-helper`,
			directory: helper.directory
		});
		this.#leftovers.expect(names.container);
		await Promise.all(namedVolumes(run).map(async (name) => {
			await this.#client.demand([
				"volume",
				"create",
				"--label",
				`${RUN_LABEL}=${this.#run}`,
				name
			]);
			this.#leftovers.expect(name);
		}));
		return names;
	}
	/** Takes over a container that was made, if it is made from the image that is to be checked. */
	async #adopt(image, names) {
		const remove = () => this.#leftovers.removeContainer(names.container);
		const own = [names.helperDirectory, writableDirectory(names.helperDirectory)];
		try {
			const inspected = first(await this.#client.demand([
				"container",
				"inspect",
				"--",
				names.container
			]));
			if (text$1(inspected.Image) !== image.id) throw new CheckError("bad-input", `The container was made from another image (${text$1(inspected.Image)}) than the one to check. Input "run-options" holds a word that is no flag, and the engine took it for the image. Take it out.`);
			return new DockerContainer(this.#client, names.container, inspected, own, remove);
		} catch (thrown) {
			remove();
			throw thrown;
		}
	}
	#names(part, helper) {
		this.#count += 1;
		return {
			run: this.#run,
			container: `immutable-check-${this.#run}-${part}-${this.#count}`,
			helperVolume: helper.volume,
			helperDirectory: helper.directory
		};
	}
};
function isID(reference) {
	return /^(sha256:)?[0-9a-f]{12,64}$/.test(reference);
}
function samePlatform(actual, wanted) {
	return actual === wanted || actual.startsWith(`${wanted}/`) || wanted.startsWith(`${actual}/`);
}
function notStarted(stderr, what) {
	return new CheckError("not-started", `${what}: ${lastLines(stderr)} Run it by hand with the same settings to see it; check command, user, volumes and run-options.`);
}

// src/engines/index.ts
/** The engines there are: a row each. */
const ENGINES = { docker: ({ run, signal }) => new Docker(run, signal) };
function openEngine(name, options) {
	const open = Object.hasOwn(ENGINES, name) ? ENGINES[name] : void 0;
	if (!open) throw new CheckError("unknown-engine", `There is no engine "${name}". Known: ${Object.keys(ENGINES).join(", ")}.`);
	return open(options);
}

// src/inputs/parse.ts
/**
* Parsers of single values. Each gives the value, or throws a CheckError `bad-input` whose message says what
* the value must be; the reader puts the input's name in front and collects all of them.
*/
function complaint(message) {
	return new CheckError("bad-input", message);
}
/** One entry a line; blank lines and comment lines are no entries. */
function lines(text) {
	return text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}
function wholeNumber(text, from, to, meaning) {
	const value = /^\d+$/.test(text) ? Number(text) : NaN;
	if (!(value >= from && value <= to)) throw complaint(`is "${text}". It must be a number from ${from} to ${to}: ${meaning}.`);
	return value;
}
function oneOf(text, values) {
	const found = values.find((value) => value === text);
	if (found === void 0) throw complaint(`is "${text}". It must be one of: ${values.join(", ")}.`);
	return found;
}
function layers(text) {
	const value = oneOf(text, [
		"read-only",
		"permissions",
		"both"
	]);
	return value === "both" ? ["read-only", "permissions"] : [value];
}
function absolutePath(text, what) {
	const path = normalisePath(text);
	if (path === null) throw complaint(`has the entry "${text}". It must be an absolute path in the container, such as ${what}.`);
	return path;
}
/** `path` or `path # reason`. */
function allowedPath(line) {
	const [, path = line, reason = ""] = /^(.*?)\s+#\s*(.*)$/.exec(line) ?? [];
	return {
		path: absolutePath(path.trim(), "/data # the database's files"),
		reason: reason.trim() || null
	};
}
function assignment(line, why) {
	if (!/^[^=\s]+=/.test(line)) throw complaint(`has the entry "${line}". It must be NAME=value: ${why}.`);
	return line;
}
/** As `--tmpfs` takes it: an absolute path, with options after a colon. */
function tmpfs(line) {
	const [path = "", ...options] = line.split(":");
	const normal = absolutePath(path, "/run or /var/cache:uid=33,gid=33");
	if (normal === "/") throw complaint(`has the entry "${line}". A tmpfs over / would hide the image itself.`);
	return [normal, ...options].join(":");
}
/** As `-v` takes it: `SOURCE:/path[:options]`, or `/path` for an anonymous volume. */
function volume(line) {
	const parts = line.split(":");
	const path = parts.length === 1 ? parts[0] : parts[1];
	if (path === void 0 || !path.startsWith("/") || parts.length > 3) throw complaint(`has the entry "${line}". It must be as \`docker run -v\` takes it, such as config:/drouter/config:ro.`);
	return line;
}
/** Flags of `docker run` that this check sets itself, or that would take the container out of its hands. */
const RESERVED_RUN = [
	"--detach",
	"--rm",
	"--name",
	"--cidfile",
	"--read-only",
	"--tty",
	"--interactive",
	"--attach",
	"--restart",
	"--help"
];
/** The words of one line of `run-options`. */
function runOptions(words) {
	for (const word of words) {
		const flag = word.split("=")[0] ?? "";
		if (RESERVED_RUN.includes(flag) || /^-[Pq]*[adit]/.test(word) || word === "--") throw complaint(`has "${word}", which this check decides itself. Leave it out.`);
		if (flag === "--env" || /^-[Pq]*e/.test(word)) throw complaint(`has "${word}". Use the input \`env\`, so that no variable of the workflow gets into the container unseen.`);
	}
	return words;
}
/** The words of one line of `build-options`. */
function buildOptions(words) {
	for (const word of words) {
		const flag = word.split("=")[0] ?? "";
		if ([
			"--iidfile",
			"--quiet",
			"-q",
			"--",
			"--help"
		].includes(flag)) throw complaint(`has "${word}", which this check decides itself. Leave it out.`);
	}
	return words;
}

// src/inputs/spec.ts
function row(row) {
	return row;
}
const text = (value) => value;
/** Every input of the action, in the order of the documentation. The CLI has a flag of the same name for each. */
const INPUTS = {
	name: row({
		kind: "text",
		default: "",
		derived: "from the image or Dockerfile",
		doc: "The target's name in reports.",
		parse: text
	}),
	image: row({
		kind: "text",
		default: "",
		doc: "The image to check: tag, digest or image ID; pulled only where it is missing. Empty: build it.",
		parse: imageReference
	}),
	context: row({
		kind: "text",
		default: ".",
		doc: "Build context.",
		parse: notAFlag
	}),
	file: row({
		kind: "text",
		default: "",
		derived: "`<context>/Dockerfile`",
		doc: "Dockerfile.",
		parse: text
	}),
	target: row({
		kind: "text",
		default: "",
		doc: "Build stage.",
		parse: text
	}),
	platform: row({
		kind: "text",
		default: "",
		doc: "Platform to build, pull and run, such as `linux/arm64`.",
		parse: platform
	}),
	"build-args": row({
		kind: "list",
		default: "",
		doc: "`NAME=value`, one a line.",
		parse: (line) => assignment(line, "the build argument and its value")
	}),
	"build-options": row({
		kind: "list",
		default: "",
		doc: "Any further flag of `docker build`, one a line.",
		parse: (line, foreign) => buildOptions(foreign.words(line))
	}),
	engine: row({
		kind: "text",
		default: "docker",
		doc: "The container engine: `docker`.",
		parse: text
	}),
	tmpfs: row({
		kind: "list",
		default: "/run\n/tmp",
		doc: "Mounts of the read-only layer, as `--tmpfs` takes them: `/etc:rw,noexec,nosuid,size=2g`. They are mounted empty.",
		parse: tmpfs
	}),
	volumes: row({
		kind: "list",
		default: "",
		doc: "As `-v`: `config:/drouter/config:ro`.",
		parse: volume
	}),
	env: row({
		kind: "list",
		default: "",
		doc: "`NAME=value`, one a line.",
		parse: (line) => assignment(line, "a variable without a value would be taken from the workflow, tokens included")
	}),
	user: row({
		kind: "text",
		default: "",
		doc: "Overrides the image's `USER`.",
		parse: notAFlag
	}),
	command: row({
		kind: "text",
		default: "",
		doc: "Overrides the image's `CMD`; split as a shell splits words, run by no shell.",
		parse: (line, foreign) => foreign.words(line)
	}),
	"run-options": row({
		kind: "list",
		default: "",
		doc: "Any further flag of `docker run`, one a line: `--cap-drop ALL`.",
		parse: (line, foreign) => runOptions(foreign.words(line))
	}),
	port: row({
		kind: "number",
		default: "",
		derived: "the image's first exposed TCP port",
		doc: "The port that the program in the container listens on.",
		parse: (value) => wholeNumber(value, 1, 65535, "the port that the program in the container listens on")
	}),
	"smoke-test": row({
		kind: "list",
		default: "",
		doc: "A `curl …` command, a URL or a path (`/immutable`) a line. `localhost:PORT` means the container's PORT, wherever it was published; without a port, `port`. Empty: the container must still run, and be healthy if it has a HEALTHCHECK, after 3 seconds.",
		parse: (line, foreign) => foreign.smokeTest(line)
	}),
	expect: row({
		kind: "list",
		default: "",
		doc: "Line n goes with smoke test n, a single line with all. A line that starts with `{` or `[` is JSON, deep-equal to the body; `/…/` is a regular expression; other text: the body contains it.",
		parse: (line, foreign) => foreign.expectation(line)
	}),
	"expect-status": row({
		kind: "text",
		default: "2xx",
		doc: "`200`, `2xx`, `200,204,3xx`.",
		parse: (value, foreign) => foreign.status(value)
	}),
	"expect-exit": row({
		kind: "number",
		default: "",
		doc: "The program is a job: it must end by itself with this code.",
		parse: (value) => wholeNumber(value, 0, 255, "the exit code that the program must end with")
	}),
	"startup-timeout": row({
		kind: "seconds",
		default: "60",
		doc: "How long the smoke tests are asked until they pass, in seconds.",
		parse: (value) => wholeNumber(value, 1, 3600, "seconds that the program has to come up")
	}),
	"smoke-repeat": row({
		kind: "number",
		default: "1",
		doc: "How often each smoke test is asked once it has passed; every answer must pass.",
		parse: (value) => wholeNumber(value, 1, 1e3, "how often each smoke test is asked")
	}),
	"protected-paths": row({
		kind: "list",
		default: "/",
		doc: "Paths that nobody in the container may change.",
		parse: protectedPath
	}),
	"allow-writable": row({
		kind: "list",
		default: "",
		doc: "Exceptions under them: `path` or `path # reason`.",
		parse: (line) => allowedPath(line)
	}),
	layers: row({
		kind: "text",
		default: "both",
		doc: "Which layers are attacked and told: `read-only`, `permissions`, `both`.",
		parse: (value) => layers(value)
	}),
	require: row({
		kind: "text",
		default: "read-only",
		doc: "Which layer must protect every path for a `pass`: `read-only`, `permissions`, `both`. It has to be among `layers`.",
		parse: (value) => layers(value)
	}),
	"github-token": row({
		kind: "text",
		default: "${{ github.token }}",
		doc: "Used for the pull request comment only.",
		parse: text
	}),
	comment: row({
		kind: "text",
		default: "always",
		doc: "When to comment on the pull request: `always`, `on-failure`, `never`.",
		parse: (value) => oneOf(value, [
			"always",
			"on-failure",
			"never"
		])
	}),
	"comment-key": row({
		kind: "text",
		default: "",
		derived: "workflow + job + target's name",
		doc: "One sticky comment a key; matrix legs that share all three give their own.",
		parse: text
	}),
	"fail-on": row({
		kind: "text",
		default: "fail",
		doc: "`fail`: the step fails unless the verdict is `pass`; `never`: it only reports.",
		parse: (value) => oneOf(value, ["fail", "never"])
	}),
	"report-dir": row({
		kind: "text",
		default: "immutable-check-report",
		doc: "Where the report files go.",
		parse: reportFolder
	})
};
function imageReference(value) {
	if (/^-|\s/.test(value)) throw complaint(`is "${value}". It must be a tag, a digest or an image ID, such as registry.example/app:1.2 or sha256:….`);
	return value;
}
function notAFlag(value) {
	if (value.startsWith("-")) throw complaint(`is "${value}". It must not begin with a dash.`);
	return value;
}
function platform(value) {
	if (!/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/.test(value)) throw complaint(`is "${value}". It must be like linux/amd64 or linux/arm64.`);
	return value;
}
function protectedPath(line) {
	const path = absolutePath(line, "/drouter/config");
	if (/^\/(proc|sys|dev)(\/|$)/.test(path)) throw complaint(`has the entry "${line}". /proc, /sys and /dev belong to the engine in every container and cannot be protected by the image.`);
	return path;
}
function reportFolder(value) {
	if (/(^|\/)\.[^./]/.test(value) && process.env.GITHUB_ACTIONS === "true") throw complaint(`is "${value}". Its name must not begin with a dot: actions/upload-artifact would leave it out.`);
	return value;
}

// src/inputs/sources.ts
const INPUT_NAMES = Object.keys(INPUTS);
/** As the runner hands them over: `INPUT_SMOKE-TEST`, upper case, hyphens kept. */
function fromEnvironment(env) {
	return Object.fromEntries(INPUT_NAMES.flatMap((name) => {
		const value = env[`INPUT_${name.toUpperCase()}`];
		return value === void 0 ? [] : [[name, value]];
	}));
}
/** As flags: `--smoke-test '/ready'`, lists by repeating the flag or by line breaks. */
function fromArguments(argv) {
	const options = Object.fromEntries(INPUT_NAMES.map((name) => [name, {
		type: "string",
		multiple: true
	}]));
	try {
		const { values } = parseArgs({
			args: [...argv],
			options: {
				...options,
				help: {
					type: "boolean",
					short: "h"
				},
				version: { type: "boolean" }
			},
			allowPositionals: false
		});
		if (values.help) return { kind: "help" };
		if (values.version) return { kind: "version" };
		const raw = {};
		for (const name of INPUT_NAMES) {
			const given = values[name];
			if (!Array.isArray(given)) continue;
			if (INPUTS[name].kind !== "list" && given.length > 1) throw new CheckError("bad-input", `The flag --${name} was given ${given.length} times, and takes one value.`);
			raw[name] = given.join("\n");
		}
		return {
			kind: "check",
			raw
		};
	} catch (thrown) {
		if (thrown instanceof CheckError) throw thrown;
		throw new CheckError("bad-input", `${thrown instanceof Error ? thrown.message : thrown} See \`immutable-check --help\`.`);
	}
}

// src/inputs/help.ts
/** What `immutable-check --help` prints; made from the table of inputs. */
function help() {
	return `Usage: immutable-check [flags]

Builds or takes an image, runs it read-only, asks it, and really attempts to change what nobody may change.

${INPUT_NAMES.map((name) => {
		const row = INPUTS[name];
		const value = row.kind === "list" ? "<entry> …" : `<${row.kind}>`;
		const preset = row.derived ?? (row.default.startsWith("${{") ? "$GITHUB_TOKEN" : row.default.replaceAll("\n", ", "));
		return `  --${name} ${value}\n${wrap(row.doc + (preset ? ` Default: ${preset}.` : ""), 6)}`;
	}).join("\n")}
  --version
  --help

A list takes an entry a flag: --tmpfs /run --tmpfs /tmp
Exit status: 0 pass, 1 fail, 2 error.
`;
}
function wrap(text, indent) {
	const lines = [];
	let line = "";
	for (const word of text.replaceAll("`", "").split(" ")) if (line !== "" && line.length + word.length + 1 > 92 - indent) {
		lines.push(line);
		line = word;
	} else line = line === "" ? word : `${line} ${word}`;
	return [...lines, line].map((one) => " ".repeat(indent) + one).join("\n");
}

// src/inputs/read.ts
/** Reads every input, and tells all that is wrong with them in one CheckError. */
function readSettings(raw, foreign) {
	const reader = new Reader(raw, foreign);
	const settings = assemble(reader, raw);
	if (reader.complaints.length > 0) throw new CheckError("bad-input", reader.complaints.join("\n"));
	return settings;
}
/** Only what is needed to report, for a run whose inputs are wrong: what cannot be read has its default. */
function readPublishing(raw, foreign) {
	return publishing(new Reader(raw, foreign));
}
var Reader = class {
	complaints = [];
	#raw;
	#foreign;
	constructor(raw, foreign) {
		this.#raw = raw;
		this.#foreign = foreign;
	}
	/** The value, or null where the input and its default are empty, or what was written is wrong. */
	one(name) {
		const value = this.#text(name).trim();
		return value === "" ? null : this.#parse(name, value);
	}
	list(name) {
		return lines(this.#text(name)).flatMap((line) => {
			const value = this.#parse(name, line);
			return value === null ? [] : [value];
		});
	}
	complain(message) {
		this.complaints.push(message);
	}
	#text(name) {
		const row = INPUTS[name];
		const written = this.#raw[name];
		if (written !== void 0 && written.trim() !== "") return written;
		return row.default.startsWith("${{") ? "" : row.default;
	}
	#parse(name, value) {
		const row = INPUTS[name];
		try {
			return row.parse(value, this.#foreign);
		} catch (thrown) {
			if (!(thrown instanceof CheckError)) throw thrown;
			const sentence = /^(is|has) /.test(thrown.message) ? ` ${thrown.message}` : `: ${thrown.message}`;
			this.complain(`Input "${name}"${sentence}`);
			return null;
		}
	}
};
function publishing(reader) {
	return {
		token: reader.one("github-token"),
		comment: reader.one("comment") ?? "always",
		commentKey: reader.one("comment-key"),
		failOn: reader.one("fail-on") ?? "fail",
		reportDir: reader.one("report-dir") ?? INPUTS["report-dir"].default
	};
}
function assemble(reader, raw) {
	const image = reader.one("image");
	const context = reader.one("context") ?? ".";
	const file = reader.one("file");
	const platform = reader.one("platform");
	const smoke = reader.list("smoke-test");
	const expectations = reader.list("expect");
	const written = {
		smoke: lines(raw["smoke-test"] ?? "").length,
		expect: lines(raw.expect ?? "").length
	};
	if (written.expect > 1 && written.expect !== written.smoke) reader.complain(`Input "expect" has ${written.expect} lines for ${written.smoke} of "smoke-test". Line n goes with smoke test n: give one line for each, or a single line for all.`);
	if (written.expect > 0 && written.smoke === 0) reader.complain("Input \"expect\" has no \"smoke-test\" to go with. Say what to ask, such as `curl http://localhost:8080/`.");
	const layers = reader.one("layers") ?? [];
	const require = reader.one("require") ?? [];
	if (layers.length > 0 && require.some((layer) => !layers.includes(layer))) reader.complain(`Input "require" asks for "${raw.require ?? "read-only"}", which "layers" (${layers.join(", ")}) leaves out. Add it to "layers", or require less.`);
	const protectedPaths = unique(reader.list("protected-paths"));
	if (lines(raw["protected-paths"] ?? "/").length === 0 && raw["protected-paths"]?.trim()) reader.complain("Input \"protected-paths\" names no path, only comments. Name one, or leave it empty to protect /.");
	const allowWritable = reader.list("allow-writable");
	for (const { path } of allowWritable) if (protectedPaths.includes(path)) reader.complain(`"${path}" stands in "protected-paths" and in "allow-writable". Take it out of one of them.`);
	else if (!protectedPaths.some((one) => isWithin(path, one))) reader.complain(`Input "allow-writable" names "${path}", which is under none of "protected-paths" (${protectedPaths.join(", ")}). Leave it out.`);
	const port = reader.one("port");
	return {
		target: {
			name: reader.one("name") ?? deriveName(image, context, file),
			engine: reader.one("engine") ?? "docker",
			source: image ? {
				kind: "reference",
				reference: image,
				platform
			} : {
				kind: "build",
				context,
				file,
				target: reader.one("target"),
				platform,
				buildArgs: reader.list("build-args"),
				options: reader.list("build-options").flat()
			},
			run: {
				tmpfs: reader.list("tmpfs"),
				volumes: reader.list("volumes"),
				env: reader.list("env"),
				user: reader.one("user"),
				command: reader.one("command"),
				options: reader.list("run-options").flat(),
				platform,
				ports: unique([...port === null ? [] : [port], ...smoke.flatMap((request) => request.port === null ? [] : [request.port])])
			},
			port,
			smokeTests: smoke.map((request, index) => ({
				request,
				expect: expectations[expectations.length === 1 ? 0 : index] ?? null
			})),
			expectStatus: reader.one("expect-status") ?? {
				text: "",
				codes: [],
				classes: []
			},
			expectExit: reader.one("expect-exit"),
			startupTimeout: reader.one("startup-timeout") ?? 60,
			smokeRepeat: reader.one("smoke-repeat") ?? 1,
			policy: {
				layers,
				require,
				protectedPaths,
				allowWritable
			}
		},
		publishing: publishing(reader)
	};
}
/** The last part of the image's name without tag and digest, an ID's beginning, or the folder that holds the Dockerfile. */
function deriveName(image, context, file) {
	const id = /^sha256:([0-9a-f]{12})/.exec(image ?? "")?.[1];
	if (id) return id;
	if (image) return (image.split("@")[0] ?? image).split("/").at(-1)?.replace(/:[^:]*$/, "") || image;
	const parts = (file ?? `${context}/Dockerfile`).split(/[\\/]/).filter((part) => part !== "" && part !== ".");
	const last = parts.at(-1) ?? "";
	return /^(.+)\.Dockerfile$/i.exec(last)?.[1] ?? /^Dockerfile\.(.+)$/i.exec(last)?.[1] ?? parts.at(-2) ?? "image";
}
function unique(values) {
	return [...new Set(values)];
}

// src/platform/probe.ts
/** Why a probe cannot be used; the message says what to do. */
var ProbeDamaged = class extends Error {
	name = "ProbeDamaged";
};
/**
* Reads the probe for a platform (`linux/amd64`, `linux/arm64/v8`) from the folder it was shipped in, and
* compares it with the checksum shipped beside it: what runs in other people's containers is what was built.
*/
async function readProbe(folder, platform) {
	const name = platform.split("/").slice(0, 2).join("-");
	const expected = (await readFile(new URL("SHA256SUMS", folder), "utf8").catch((error) => {
		throw new ProbeDamaged(`The probe's SHA256SUMS cannot be read (${String(error)}). Reinstall immutable-check.`);
	})).split("\n").map((line) => /^([0-9a-f]{64}) [ *](\S+)$/.exec(line)).find((match) => match?.[2] === name)?.[1];
	if (!expected) throw new ProbeDamaged(`There is no probe for the platform "${platform}". Images for linux/amd64 and linux/arm64 can be checked.`);
	const content = await readFile(new URL(name, folder)).catch((error) => {
		throw new ProbeDamaged(`The probe for ${platform} cannot be read (${String(error)}). Reinstall immutable-check.`);
	});
	const actual = createHash("sha256").update(content).digest("hex");
	if (actual !== expected) throw new ProbeDamaged(`The probe for ${platform} is not the one that was shipped: its SHA-256 is ${actual}, not ${expected}. Reinstall immutable-check.`);
	return content;
}

// src/reporters/json.ts
/** The report as `report.json` holds it, valid against `src/model/report.schema.json`. */
function json(report) {
	return `${JSON.stringify(report, null, 2)}\n`;
}
/** Writes `report.json` and `report.md` into a folder, which is made where it does not exist. */
async function writeReport(report, folder) {
	const files = {
		json: join(folder, "report.json"),
		markdown: join(folder, "report.md")
	};
	await mkdir(folder, { recursive: true });
	await writeFile(files.json, json(report));
	await writeFile(files.markdown, markdown(report, SUMMARY_LIMIT));
	return files;
}

// src/app.ts
/** Loaded when first needed: a command line never needs it, a step only once its engine is at work. */
const workflow = () => import("./workflow.js");
const FOREIGN = {
	words: shellWords,
	smokeTest: parseSmokeTest,
	expectation: parseExpectation,
	status: parseStatus
};
/** Exit status of the CLI, by verdict. */
const EXIT = {
	pass: 0,
	fail: 1,
	error: 2
};
/** A workflow step. Gives the exit status of the process. */
async function runAction(home) {
	const stage = {
		log: actionsLog((text) => process.stdout.write(text)),
		env: process.env,
		home,
		inWorkflow: true
	};
	const { verdict, publishing } = await conduct(fromEnvironment(process.env), stage);
	return verdict !== "pass" && publishing.failOn === "fail" ? 1 : 0;
}
/** A command line. Gives the exit status: 0 pass, 1 fail, 2 error. */
async function runCommandLine(home, argv) {
	const colour = process.stderr.isTTY === true && !process.env.NO_COLOR;
	const stage = {
		log: plainLog((text) => process.stderr.write(text), colour),
		env: process.env,
		home,
		inWorkflow: false
	};
	try {
		const line = fromArguments(argv);
		switch (line.kind) {
			case "help":
				process.stdout.write(help());
				return 0;
			case "version":
				process.stdout.write(`1.0.0\n`);
				return 0;
			case "check": return EXIT[(await conduct(line.raw, stage)).verdict];
		}
	} catch (thrown) {
		stage.log.error(asCheckError(thrown).message);
		return EXIT.error;
	}
}
/** The step's post phase: whatever a step that was killed left behind is removed. */
async function runCleanup() {
	const log = actionsLog((text) => process.stdout.write(text));
	const { savedState } = await workflow();
	const run = savedState("run");
	const name = savedState("engine");
	if (!run || !name) return 0;
	const left = await openEngine(name, {
		run,
		signal: new AbortController().signal
	}).removeAll();
	for (const what of left) log.warning(`Could not be removed: ${what}`);
	return 0;
}
/** From the inputs to the end: read, check, and tell while what was made is removed. */
async function conduct(raw, stage) {
	const startedAt = (/* @__PURE__ */ new Date()).toISOString();
	let publishing = null;
	let target;
	let removal = Promise.resolve();
	try {
		const settings = readSettings(raw, FOREIGN);
		publishing = settings.publishing;
		({target, removal} = await runCheck(settings, stage));
	} catch (thrown) {
		target = unread(raw.name ?? raw.image ?? "image", raw.engine ?? "docker", asCheckError(thrown));
	}
	publishing ??= readPublishing(raw, FOREIGN);
	const report = {
		schemaVersion: 1,
		tool: {
			name: "immutable-check",
			version: "1.0.0"
		},
		run: describeRun(stage.env, startedAt),
		verdict: worstVerdict([target.verdict]),
		targets: [target]
	};
	await Promise.all([publish(report, publishing, stage), removal]);
	return {
		verdict: report.verdict,
		publishing
	};
}
/** Checks, and gives the report as soon as it is there; `removal` is done when nothing of the check is left. */
async function runCheck({ target }, stage) {
	const cancelling = new AbortController();
	const options = {
		run: randomUUID().slice(0, 13),
		signal: cancelling.signal
	};
	const engine = openEngine(target.engine, options);
	const cancel = (name) => {
		stage.log.warning(`${name}: the check is cancelled, and what it made is removed.`);
		cancelling.abort(new CheckError("cancelled", `The check was cancelled (${name}).`));
	};
	const signals = ["SIGINT", "SIGTERM"];
	for (const signal of signals) process.on(signal, cancel);
	return {
		target: await check(target, {
			engine,
			progress: progressOn(stage.log),
			signal: cancelling.signal,
			announce: async () => {
				if (stage.inWorkflow) (await workflow()).saveStates({
					run: options.run,
					engine: engine.name
				});
			},
			probe: (platform) => probe(stage.home, platform)
		}),
		removal: sweep(engine, stage.log, cancelling.signal).finally(() => {
			for (const signal of signals) process.off(signal, cancel);
		})
	};
}
/** Waits until nothing is left, and says what would not go. */
async function sweep(engine, log, signal) {
	let left = await engine.close();
	for (let round = 0; signal.aborted && round < 2; round++) {
		await setTimeout$1(500);
		left = await engine.removeAll();
	}
	for (const what of left) log.warning(`Could not be removed: ${what}`);
}
async function probe(home, platform) {
	try {
		return await readProbe(new URL("probe/", home), platform);
	} catch (thrown) {
		if (thrown instanceof ProbeDamaged) throw new CheckError("probe-damaged", thrown.message, { cause: thrown });
		throw thrown;
	}
}
function progressOn(log) {
	return {
		...log,
		beside: () => {
			const held = heldLog(log);
			return {
				...progressOn(held),
				flush: held.flush
			};
		}
	};
}
function describeRun(env, startedAt) {
	const { GITHUB_REPOSITORY: repository, GITHUB_SHA: commit, GITHUB_RUN_ID: id, GITHUB_SERVER_URL: server } = env;
	if (!repository || !commit || !id) return null;
	return {
		repository,
		commit,
		url: `${server ?? "https://github.com"}/${repository}/actions/runs/${id}`,
		startedAt
	};
}
/** Tells the report everywhere. What fails here is a warning, and changes no verdict. */
async function publish(report, publishing, stage) {
	const { log, inWorkflow } = stage;
	const attempt = async (what, work) => {
		try {
			return await work();
		} catch (thrown) {
			log.warning(`${what}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
			return null;
		}
	};
	const { terminal } = await import("./terminal.js");
	const colour = !inWorkflow && process.stdout.isTTY === true && !stage.env.NO_COLOR;
	process.stdout.write(terminal(report, colour));
	const files = await attempt("The report could not be written", () => writeReport(report, publishing.reportDir));
	const [comment] = await Promise.all([stage.env.GITHUB_REPOSITORY ? attempt("The comment could not be made", () => sendComment(report, publishing, stage)) : null, inWorkflow && stage.env.GITHUB_STEP_SUMMARY ? attempt("The job summary could not be written", async () => {
		const { writeJobSummary } = await import("./job-summary.js");
		const { appendSummary } = await workflow();
		await writeJobSummary(report, appendSummary);
	}) : null]);
	if (inWorkflow) {
		await attempt("The outputs could not be set", async () => (await workflow()).setOutputs(outputs(report, publishing, files, comment ?? "")));
		if (report.verdict !== "pass") sayWhy(report, log);
	} else if (files) log.info(`Report: ${files.json}`);
}
async function sendComment(report, publishing, { env, log, inWorkflow }) {
	if (publishing.comment === "never") return "";
	const token = publishing.token ?? env.GITHUB_TOKEN ?? "";
	if (token === "") {
		log.info("No pull request comment: there is no token.");
		return "";
	}
	if (inWorkflow) (await workflow()).maskSecret(token);
	const [{ publishComment }, { markdown }] = await Promise.all([import("./pull-request.js"), import("./markdown2.js")]);
	const id = Number(env.GITHUB_RUN_ID);
	const result = await publishComment({
		key: publishing.commentKey ?? [
			env.GITHUB_WORKFLOW,
			env.GITHUB_JOB,
			report.targets[0]?.name
		].filter(Boolean).join(" / "),
		body: markdown(report),
		verdict: report.verdict,
		policy: publishing.comment,
		run: id > 0 ? {
			id,
			attempt: Number(env.GITHUB_RUN_ATTEMPT) || 1
		} : null
	}, {
		open: async () => (await import("./github.js")).openPullRequests(env, token),
		pause: () => setTimeout$1(2e3)
	});
	switch (result.kind) {
		case "created":
		case "updated":
		case "unchanged":
			log.info(`Pull request comment ${result.kind}: ${result.url}`);
			return result.url;
		case "none":
			log.info(`No pull request comment: ${result.reason}.`);
			return "";
		case "skipped":
			log.warning(result.warning);
			return "";
	}
}
function outputs(report, publishing, files, commentUrl) {
	const sum = (of) => String(report.targets.reduce((total, target) => total + of(target), 0));
	return {
		verdict: report.verdict,
		"image-id": report.targets[0]?.image.id ?? "",
		digest: report.targets[0]?.image.digest ?? "",
		attempts: sum((target) => target.attack.reduce((total, { attempts }) => total + attempts, 0)),
		violations: sum((target) => target.findings.filter(({ level }) => level === "error").length),
		report: files ? resolve(files.json) : "",
		"report-dir": resolve(publishing.reportDir),
		"comment-url": commentUrl
	};
}
/** The reasons once more, as annotations: what the job's page shows without opening the log. */
function sayWhy(report, log) {
	for (const target of report.targets) {
		const broken = target.findings.filter(({ level }) => level === "error");
		for (const finding of broken.slice(0, 9)) log.error(`${target.name}: ${finding.message}`);
		if (broken.length > 9) log.error(`${target.name}: ${broken.length - 9} more findings in the report.`);
		if (broken.length === 0 && target.error) log.error(`${target.name}: ${target.error.message}`);
	}
}

export { runCleanup as n, runCommandLine as r, runAction as t };