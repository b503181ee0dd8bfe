import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { HttpReply, Mount } from './http.js';
import { plainError } from './plain-reply.js';

export interface HttpLimits {
  readonly body_bytes_max: number;
  /** Bytes of a refused body that are read on, so that the client can read the refusal. */
  readonly discard_bytes_max: number;
  /** From a request's first byte to its last. */
  readonly body_wait_ms_max: number;
  readonly headers_wait_ms_max: number;
  /** How often the two waits are checked. */
  readonly wait_check_ms: number;
  readonly header_bytes_max: number;
  /** How long a connection may wait for its next request. */
  readonly keep_alive_ms: number;
  /** How long nothing may be read or written while a request is at work. */
  readonly idle_ms_max: number;
  readonly connections_max: number;
  /** Requests and streams that one HTTP/2 connection may have open at once. */
  readonly http2_streams_max: number;
  /** How long stopping waits for what was accepted. */
  readonly drain_ms_max: number;
}

/** What the server writes to; a pino logger is one. */
export interface HttpLog {
  error(fields: object, message: string): void;
  debug(fields: object, message: string): void;
  isLevelEnabled(level: 'debug'): boolean;
}

/** Who answers calls whose bodies or answers are streams, over HTTP/1.1 and HTTP/2. */
export interface StreamHandler {
  takes(path: string): boolean;
  handle(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
    remoteAddress: string,
  ): void;
}

export interface ServerSettings {
  readonly mounts: readonly Mount[];
  /** Asked before the mounts. */
  readonly streams?: StreamHandler;
  /** Takes the connections that ask to become WebSockets; they are asked for nothing otherwise. */
  readonly upgrade?: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    remoteAddress: string,
  ) => void;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /**
   * Names, without ports, that a `Host` header may have; null: any. A page of a stranger could
   * otherwise have its own name lead to this machine and read what a loopback server answers.
   */
  readonly allowedHosts: readonly string[] | null;
  /** Tells browsers to come by HTTPS only, for a year: for a server that is there for good. */
  readonly strictTransport?: boolean;
  readonly limits: HttpLimits;
  readonly log: HttpLog;
  /** Told of every answer; the duration is from the whole request to the whole answer. */
  readonly answered?: (
    mount: Mount | null,
    request: { readonly method: string; readonly path: string },
    status: number,
    ms: number,
  ) => void;
  /** The client's address, where a proxy's word counts; the socket's otherwise. */
  readonly clientAddress?: (peer: string, headers: IncomingHttpHeaders) => string;
}

/** What answering takes, beside the request. */
export interface Desk {
  readonly settings: ServerSettings;
  readonly mounts: readonly Mount[];
  readonly streams: StreamHandler | null;
  readonly logsRequests: boolean;
  /** Headers of every answer that does not have its own. */
  readonly common: Readonly<Record<string, string>>;
  /** From now on the latest answer of each connection ends it. */
  closing: boolean;
  refuseHost(host: string | undefined, httpVersion: string): HttpReply | null;
}

export function makeDesk(settings: ServerSettings): Desk {
  return {
    settings,
    mounts: [...settings.mounts].sort((a, b) => b.prefix.length - a.prefix.length),
    streams: settings.streams ?? null,
    logsRequests: settings.log.isLevelEnabled('debug'),
    common: commonHeaders(settings),
    closing: false,
    refuseHost: makeHostCheck(settings.allowedHosts),
  };
}

const YEAR_SECONDS = 365 * 24 * 3600;

/** An answer is what it says it is, and never taken for a script or a page. */
function commonHeaders({ strictTransport = false }: ServerSettings): Desk['common'] {
  const sniff = { 'x-content-type-options': 'nosniff' };
  const strict = { 'strict-transport-security': `max-age=${YEAR_SECONDS}` };
  return strictTransport ? { ...sniff, ...strict } : sniff;
}

/** Who answers for a path: the longest prefix. */
export function mountOf({ mounts }: Desk, path: string): Mount | null {
  for (const mount of mounts) {
    const { prefix } = mount;
    const isBelow = prefix.endsWith('/') ? path.startsWith(prefix) : path === prefix;
    if (isBelow && mount.takes?.(path) !== false) return mount;
  }
  return null;
}

/** The path and query of a request's target; a proxy's form has an origin before them. */
export function targetOf(url: string): string {
  if (url.startsWith('/') || url === '*' || !URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** An IPv4 address without the form that it has on a socket for both kinds. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}

/** The client's address: the connection's, or what a trusted proxy says. */
export function clientAddressOf(desk: Desk, peer: string, headers: IncomingHttpHeaders): string {
  return desk.settings.clientAddress?.(peer, headers) ?? peer;
}

/** Refuses bodies that are compressed, in either way to say so: nothing here unpacks them. */
export function refuseEncoding(headers: IncomingHttpHeaders): HttpReply | null {
  const { 'content-encoding': encoding = 'identity', 'transfer-encoding': transfer } = headers;
  const isPlain = transfer === undefined || transfer.toLowerCase() === 'chunked';
  if (isPlain && encoding.toLowerCase() === 'identity') return null;
  return plainError(415, 'Request bodies are taken as they are: send none with Content-Encoding.');
}

/** Whether a request names a body that is too large before it sends it. */
export function declaresTooMuch(headers: IncomingHttpHeaders, { body_bytes_max }: HttpLimits) {
  return Number(headers['content-length'] ?? 0) > body_bytes_max;
}

const KNOWN_HOSTS_MAX = 100;

/** Refuses names that are not ours; the headers that were found good are kept, with their ports. */
function makeHostCheck(allowed: readonly string[] | null): Desk['refuseHost'] {
  const good = new Set<string>();
  const names = new Set(allowed);
  return (host, httpVersion) => {
    if (host === undefined || host === '') {
      // HTTP/1.0 has none, and no browser speaks it.
      return httpVersion === '1.0' ? null : plainError(400, 'The Host header is missing.');
    }
    if (allowed === null || good.has(host)) return null;
    if (!names.has(host.toLowerCase().replace(/:\d*$/, ''))) {
      const name = host.slice(0, 100);
      return plainError(403, `This server is not ${name}. TENDER_PUBLIC_URL can make it so.`);
    }
    if (good.size < KNOWN_HOSTS_MAX) good.add(host);
    return null;
  };
}

/** Tells the log and the counters of an answer that has gone out. */
export function noteAnswer(
  { settings, logsRequests }: Desk,
  mount: Mount | null,
  method: string,
  path: string,
  status: number,
  startMs: number,
): void {
  const ms = performance.now() - startMs;
  settings.answered?.(mount, { method, path }, status, ms);
  if (logsRequests)
    settings.log.debug({ method, path: withoutSecrets(path), status, ms }, 'request');
}

/** As long as secrets of ours are at least; of ids only those that name their mode are longer. */
const SECRET_CHARS_MIN = 32;
const LONG_ID = /^[a-z]{2,8}_(?:sandbox|prod)_[A-Za-z0-9]{1,27}$/;

/** A path as it may be logged: what is long enough to be a capability is cut short. */
export function withoutSecrets(path: string): string {
  return path
    .split('/')
    .map((part) => {
      const isSecret = part.length >= SECRET_CHARS_MIN && !LONG_ID.test(part);
      return isSecret ? `${part.slice(0, 4)}[hidden]` : part;
    })
    .join('/');
}

/** Tells the log of an answer that broke off: its client can no longer be told. */
export function noteBroken({ settings }: Desk, error: unknown, path: string): void {
  settings.log.error({ err: error, path: withoutSecrets(path) }, 'an answer broke off');
}

/** What a client is told when something of ours is broken; the log has the rest. */
export function crashReply(desk: Desk, error: unknown, method: string, path: string): HttpReply {
  desk.settings.log.error({ err: error, method, path: withoutSecrets(path) }, 'request failed');
  return plainError(500, 'An unexpected error occurred. Try again.');
}
