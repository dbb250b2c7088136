import { connect as connectTcp } from 'node:net';
import { pipeline, type Transform } from 'node:stream';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { type buildConnector, Client } from 'undici';

export interface HttpRequest {
  readonly scheme: 'http' | 'https';
  /** Where it is sent: an address and a port of this machine's network, no brackets. */
  readonly host: string;
  readonly port: number;
  /** The name that a certificate has to be for. */
  readonly serverName: string;
  readonly method: string;
  readonly path: string;
  /** With Host, without Content-Length; sent as UTF-8, in this order, twice where they stand twice. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
  readonly insecure: boolean;
  /** Whether Content-Encoding is undone. */
  readonly decode: boolean;
  /** Milliseconds for all of it. */
  readonly timeout: number;
  /** Milliseconds until the connection stands, TLS and all; null: as long as `timeout`. */
  readonly connectTimeout: number | null;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  /** As they came. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** Whether the body was longer than what is read of it. */
  readonly cut: boolean;
}

/** `not-yet`: nobody answered at all, as while a program starts. */
export type FailureKind = 'not-yet' | 'time-out' | 'certificate' | 'not-http' | 'not-decodable';

export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** Bytes of a body, after decoding, that are read at most. */
export const BODY_LIMIT = 1024 * 1024;

/**
 * One request and its answer, on a connection of its own: no proxy, no redirect, no cookie, no retry.
 * @throws HttpFailure where there was no whole answer, the signal's reason where it was aborted
 */
export async function send(request: HttpRequest): Promise<Answer> {
  request.signal?.throwIfAborted();
  const stop = new AbortController();
  const late = new HttpFailure('time-out', `no whole answer within ${request.timeout / 1000} s`);
  const timer = setTimeout(() => stop.abort(late), request.timeout);
  const cancel = () => stop.abort(new Error('cancelled'));
  request.signal?.addEventListener('abort', cancel);
  const origin = `${request.scheme}://${request.host.includes(':') ? `[${request.host}]` : request.host}:${request.port}`;
  const client = new Client(origin, {
    connect: connector(request, stop.signal),
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 128 * 1024,
  });
  try {
    const answer = await client.request({
      method: request.method,
      path: latin1(request.path),
      headers: request.headers.flatMap(([name, value]) => [name, latin1(value)]),
      body: request.body,
      signal: stop.signal,
      // Also after HEAD: a program may answer "Connection: close" in another way.
      reset: false,
      responseHeaders: 'raw',
    });
    const headers = pairs(answer.headers as unknown as string[]);
    const plain = request.decode && request.method !== 'HEAD' ? decoded(answer.body, headers) : answer.body;
    return { status: answer.statusCode, statusText: answer.statusText, headers, ...(await read(plain)) };
  } catch (error) {
    request.signal?.throwIfAborted();
    throw stop.signal.aborted ? late : (failure(error) ?? error);
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', cancel);
    await client.destroy();
  }
}

// undici's own connector can neither be stopped while it connects, nor keep SNI apart from the Host header.
function connector(request: HttpRequest, signal: AbortSignal): buildConnector.connector {
  const { host, port, insecure, serverName } = request;
  return (_options, callback) => {
    const name = serverName.replace(/^\[|\]$/g, '');
    const socket =
      request.scheme === 'http'
        ? connectTcp({ host, port })
        : connectTls({
            host,
            port,
            // An address is no name for SNI.
            ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
            rejectUnauthorized: !insecure,
            checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
            ALPNProtocols: ['http/1.1'],
          });
    const give = () => socket.destroy(new HttpFailure('time-out', 'stopped'));
    const slow = () => socket.destroy(new HttpFailure('not-yet', `no connection within ${request.connectTimeout} ms`));
    const timer = request.connectTimeout === null ? undefined : setTimeout(slow, request.connectTimeout);
    const settle = (error: Error | null) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', give);
      socket.off('error', settle);
      if (error) callback(error, null);
      else callback(null, socket);
    };
    signal.addEventListener('abort', give);
    socket.setNoDelay(true).on('error', settle);
    socket.once(request.scheme === 'http' ? 'connect' : 'secureConnect', () => settle(null));
  };
}

/** UTF-8 bytes as the characters that undici writes as these bytes. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function pairs(flat: readonly string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (let at = 0; at < flat.length; at += 2) headers.push([flat[at] ?? '', flat[at + 1] ?? '']);
  return headers;
}

type Chunks = AsyncIterable<Uint8Array>;

async function read(chunks: Chunks): Promise<{ body: Uint8Array; cut: boolean }> {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    kept.push(chunk);
    length += chunk.byteLength;
    if (length > BODY_LIMIT) break;
  }
  return { body: Buffer.concat(kept).subarray(0, BODY_LIMIT), cut: length > BODY_LIMIT };
}

/** Unpacked as it is read, so that a bomb is left after the first mebibyte. */
function decoded(body: Chunks, headers: readonly (readonly [string, string])[]): Chunks {
  const codings = headers
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > 5) throw new HttpFailure('not-decodable', 'its body is packed more than five times over');
  let chunks = body;
  for (const coding of codings.reverse()) chunks = unpacked(chunks, coding);
  return chunks;
}

/** Nothing is unpacked to nothing: an answer without a body may well name a coding. */
async function* unpacked(chunks: Chunks, coding: string): AsyncGenerator<Uint8Array> {
  const rest = chunks[Symbol.asyncIterator]();
  const first = await rest.next();
  if (first.done === true) return;
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => rest };
  }
  // What goes wrong in either comes out of the decoder as well.
  yield* pipeline(whole(), decoder(coding, first.value[0] ?? 0), () => {});
}

function decoder(coding: string, firstByte: number): Transform {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      // It means zlib's form, and many send the raw one: the low half of the first byte tells (RFC 1950, CM is 8).
      return (firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new HttpFailure('not-decodable', 'its Content-Encoding is none of gzip, deflate and br');
  }
}

const NOT_YET: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ECONNRESET: 'the connection was closed without a whole answer',
  EPIPE: 'the connection was closed without a whole answer',
  UND_ERR_SOCKET: 'the connection was closed without a whole answer',
  ETIMEDOUT: 'the connection did not come about in time',
  EHOSTUNREACH: 'its address cannot be reached',
  ENETUNREACH: 'its address cannot be reached',
  EADDRNOTAVAIL: 'its address cannot be reached',
};

/** undefined for what no answer can cause: a mistake of the caller's, or ours. */
function failure(error: unknown): HttpFailure | undefined {
  if (error instanceof HttpFailure) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const closed = NOT_YET[code];
  if (closed !== undefined) return new HttpFailure('not-yet', closed, { cause: error });
  if (/^(EPROTO|ERR_SSL_)/.test(code)) {
    return new HttpFailure('not-http', `it does not speak TLS as it should (${code})`, { cause: error });
  }
  if (/CERT|^ERR_TLS_|UNABLE_TO_|SELF_SIGNED|CRL_/.test(code)) {
    return new HttpFailure('certificate', `its certificate is not trusted (${code}); -k accepts it`, { cause: error });
  }
  if (
    (error as Error | null)?.name === 'HTTPParserError' ||
    /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES)/.test(code)
  ) {
    return new HttpFailure('not-http', `it answered something that is not HTTP (${code})`, { cause: error });
  }
  if (/^(Z_|ERR_+BROTLI|ERR__ERROR|ERR_BUFFER_TOO_LARGE)/.test(code)) {
    return new HttpFailure('not-decodable', `its body is not packed as its Content-Encoding says (${code})`, {
      cause: error,
    });
  }
  return undefined;
}
