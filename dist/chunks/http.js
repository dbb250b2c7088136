import "./rolldown-runtime.js";
import { t as require_undici } from "./undici.js";
import { connect } from "node:net";
import { pipeline } from "node:stream";
import { checkServerIdentity, connect as connect$1 } from "node:tls";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

// src/platform/http.ts
var import_undici = require_undici();
var HttpFailure = class extends Error {
	name = "HttpFailure";
	kind;
	constructor(kind, message, options) {
		super(message, options);
		this.kind = kind;
	}
};
/** Bytes of a body, after decoding, that are read at most. */
const BODY_LIMIT = 1048576;
/**
* One request and its answer, on a connection of its own: no proxy, no redirect, no cookie, no retry.
* @throws HttpFailure where there was no whole answer, the signal's reason where it was aborted
*/
async function send(request) {
	request.signal?.throwIfAborted();
	const stop = new AbortController();
	const late = new HttpFailure("time-out", `no whole answer within ${request.timeout / 1e3} s`);
	const timer = setTimeout(() => stop.abort(late), request.timeout);
	const cancel = () => stop.abort(/* @__PURE__ */ new Error("cancelled"));
	request.signal?.addEventListener("abort", cancel);
	const origin = `${request.scheme}://${request.host.includes(":") ? `[${request.host}]` : request.host}:${request.port}`;
	const client = new import_undici.Client(origin, {
		connect: connector(request, stop.signal),
		headersTimeout: 0,
		bodyTimeout: 0,
		maxHeaderSize: 131072
	});
	try {
		const answer = await client.request({
			method: request.method,
			path: latin1(request.path),
			headers: request.headers.flatMap(([name, value]) => [name, latin1(value)]),
			body: request.body,
			signal: stop.signal,
			reset: false,
			responseHeaders: "raw"
		});
		const headers = pairs(answer.headers);
		const plain = request.decode && request.method !== "HEAD" ? decoded(answer.body, headers) : answer.body;
		return {
			status: answer.statusCode,
			statusText: answer.statusText,
			headers,
			...await read(plain)
		};
	} catch (error) {
		request.signal?.throwIfAborted();
		throw stop.signal.aborted ? late : failure(error) ?? error;
	} finally {
		clearTimeout(timer);
		request.signal?.removeEventListener("abort", cancel);
		await client.destroy();
	}
}
function connector(request, signal) {
	const { host, port, insecure, serverName } = request;
	return (_options, callback) => {
		const name = serverName.replace(/^\[|\]$/g, "");
		const socket = request.scheme === "http" ? connect({
			host,
			port
		}) : connect$1({
			host,
			port,
			.../^[\d.]+$|:/.test(name) ? {} : { servername: name },
			rejectUnauthorized: !insecure,
			checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
			ALPNProtocols: ["http/1.1"]
		});
		const give = () => socket.destroy(new HttpFailure("time-out", "stopped"));
		const slow = () => socket.destroy(new HttpFailure("not-yet", `no connection within ${request.connectTimeout} ms`));
		const timer = request.connectTimeout === null ? void 0 : setTimeout(slow, request.connectTimeout);
		const settle = (error) => {
			clearTimeout(timer);
			signal.removeEventListener("abort", give);
			socket.off("error", settle);
			if (error) callback(error, null);
			else callback(null, socket);
		};
		signal.addEventListener("abort", give);
		socket.setNoDelay(true).on("error", settle);
		socket.once(request.scheme === "http" ? "connect" : "secureConnect", () => settle(null));
	};
}
/** UTF-8 bytes as the characters that undici writes as these bytes. */
function latin1(text) {
	return Buffer.from(text).toString("latin1");
}
function pairs(flat) {
	const headers = [];
	for (let at = 0; at < flat.length; at += 2) headers.push([flat[at] ?? "", flat[at + 1] ?? ""]);
	return headers;
}
async function read(chunks) {
	const kept = [];
	let length = 0;
	for await (const chunk of chunks) {
		kept.push(chunk);
		length += chunk.byteLength;
		if (length > 1048576) break;
	}
	return {
		body: Buffer.concat(kept).subarray(0, BODY_LIMIT),
		cut: length > BODY_LIMIT
	};
}
/** Unpacked as it is read, so that a bomb is left after the first mebibyte. */
function decoded(body, headers) {
	const codings = headers.filter(([name]) => name.toLowerCase() === "content-encoding").flatMap(([, value]) => value.toLowerCase().split(",")).map((coding) => coding.trim()).filter((coding) => coding !== "" && coding !== "identity");
	if (codings.length > 5) throw new HttpFailure("not-decodable", "its body is packed more than five times over");
	let chunks = body;
	for (const coding of codings.reverse()) chunks = unpacked(chunks, coding);
	return chunks;
}
/** Nothing is unpacked to nothing: an answer without a body may well name a coding. */
async function* unpacked(chunks, coding) {
	const rest = chunks[Symbol.asyncIterator]();
	const first = await rest.next();
	if (first.done === true) return;
	async function* whole() {
		yield first.value;
		yield* { [Symbol.asyncIterator]: () => rest };
	}
	yield* pipeline(whole(), decoder(coding, first.value[0] ?? 0), () => {});
}
function decoder(coding, firstByte) {
	switch (coding) {
		case "gzip":
		case "x-gzip": return createGunzip();
		case "deflate": return (firstByte & 15) === 8 ? createInflate() : createInflateRaw();
		case "br": return createBrotliDecompress();
		default: throw new HttpFailure("not-decodable", "its Content-Encoding is none of gzip, deflate and br");
	}
}
const NOT_YET = {
	ECONNREFUSED: "connection refused: nothing listens there",
	ECONNRESET: "the connection was closed without a whole answer",
	EPIPE: "the connection was closed without a whole answer",
	UND_ERR_SOCKET: "the connection was closed without a whole answer",
	ETIMEDOUT: "the connection did not come about in time",
	EHOSTUNREACH: "its address cannot be reached",
	ENETUNREACH: "its address cannot be reached",
	EADDRNOTAVAIL: "its address cannot be reached"
};
/** undefined for what no answer can cause: a mistake of the caller's, or ours. */
function failure(error) {
	if (error instanceof HttpFailure) return error;
	const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
	const closed = NOT_YET[code];
	if (closed !== void 0) return new HttpFailure("not-yet", closed, { cause: error });
	if (/^(EPROTO|ERR_SSL_)/.test(code)) return new HttpFailure("not-http", `it does not speak TLS as it should (${code})`, { cause: error });
	if (/CERT|^ERR_TLS_|UNABLE_TO_|SELF_SIGNED|CRL_/.test(code)) return new HttpFailure("certificate", `its certificate is not trusted (${code}); -k accepts it`, { cause: error });
	if (error?.name === "HTTPParserError" || /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES)/.test(code)) return new HttpFailure("not-http", `it answered something that is not HTTP (${code})`, { cause: error });
	if (/^(Z_|ERR_+BROTLI|ERR__ERROR|ERR_BUFFER_TOO_LARGE)/.test(code)) return new HttpFailure("not-decodable", `its body is not packed as its Content-Encoding says (${code})`, { cause: error });
}

export { send };