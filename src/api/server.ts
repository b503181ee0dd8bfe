import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpReply, Mount } from './http.js';

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
  /** How long stopping waits for what was accepted. */
  readonly drain_ms_max: number;
}

/** What the server writes to; a pino logger is one. */
export interface HttpLog {
  error(fields: object, message: string): void;
  debug(fields: object, message: string): void;
  isLevelEnabled(level: 'debug'): boolean;
}

export interface ServerSettings {
  readonly mounts: readonly Mount[];
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
  readonly limits: HttpLimits;
  readonly log: HttpLog;
  /** Told of every answer; the duration is from the whole request to the whole answer. */
  readonly answered?: (mount: Mount | null, method: string, status: number, ms: number) => void;
  /** The client's address, where a proxy's word counts; the socket's otherwise. */
  readonly clientAddress?: (peer: string, headers: IncomingMessage['headers']) => string;
}

export interface RunningServer {
  /** The bound address as an origin: `http://127.0.0.1:4400`. Works on this machine. */
  readonly url: string;
  readonly port: number;
  /** Accepts nothing more, answers what was accepted, then closes; within `drain_ms_max`. */
  stop(): Promise<void>;
}

/** A connection's own state, so that a request needs little beside what it is answered from. */
interface Connection {
  readonly address: string;
  /** Requests that are with their handlers. */
  pending: number;
  /** The answer to the latest request: those before it go out first. */
  latest: ServerResponse | null;
  /** What follows the latest request cannot be read: close after its answer. */
  broken: boolean;
}

const CONNECTION = Symbol('connection');
type ConnectedSocket = Socket & { [CONNECTION]?: Connection };

/** A request on its way, from its headers to its answer. */
interface Exchange {
  readonly desk: Desk;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: Connection;
  /** null: refused before anybody was asked. */
  readonly mount: Mount | null;
  readonly path: string;
  readonly query: string;
}

/** A body that is arriving. */
interface Upload {
  readonly exchange: Exchange;
  chunks: Buffer[];
  bytes: number;
  refused: boolean;
}

const UPLOAD = Symbol('upload');
type UploadingMessage = IncomingMessage & { [UPLOAD]?: Upload };

const NO_BODY = Buffer.alloc(0);
const KNOWN_HOSTS_MAX = 100;

/** An error in the form that is nobody's own: what fails before a dialect is found. */
export function plainError(status: number, message: string): HttpReply {
  const type = status >= 500 ? 'api_error' : 'invalid_request_error';
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { type, message } }),
  };
}

/** The answer where nothing is mounted. */
export function unknownPath(method: string, path: string): HttpReply {
  return plainError(404, `Unrecognized request URL (${method}: ${path}).`);
}

/**
 * Starts listening. Rejects with the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL …), or
 * TLS's, when it cannot.
 */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const { limits, tls } = settings;
  const server = makeServer(settings);
  const desk = makeDesk(settings);
  const sockets = new Set<ConnectedSocket>();
  server.on(tls === null ? 'connection' : 'secureConnection', (socket: ConnectedSocket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (message, response) => receive(desk, message, response));
  server.on('checkContinue', (message, response) => {
    // A client that is refused here does not send its body: what it sends next is unclear.
    if (declaresTooMuch(message, limits)) connectionOf(message.socket).broken = true;
    else response.writeContinue();
    receive(desk, message, response);
  });
  server.on('clientError', refuseUnreadable);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: settings.host, port: settings.port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => settings.log.error({ err: error }, 'server error'));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === null ? 'http' : 'https'}://${reachableName(settings.host)}:${port}`,
    port,
    stop: () => {
      desk.closing = true;
      return drain(server, sockets, limits.drain_ms_max);
    },
  };
}

/** The host as a URL has it; where it stands for all addresses, the one that works from here. */
function reachableName(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function makeServer({ limits, tls }: ServerSettings): Server {
  const options = {
    maxHeaderSize: limits.header_bytes_max,
    requestTimeout: limits.body_wait_ms_max,
    headersTimeout: Math.min(limits.headers_wait_ms_max, limits.body_wait_ms_max),
    connectionsCheckingInterval: limits.wait_check_ms,
    keepAliveTimeout: limits.keep_alive_ms,
    // Refused below, with words.
    requireHostHeader: false,
  };
  const server: Server =
    tls === null
      ? createServer(options)
      : createTlsServer({ ...options, cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' });
  server.timeout = limits.idle_ms_max;
  server.maxConnections = limits.connections_max;
  return server;
}

const DRAIN_CHECK_MS = 10;

/** Ends each connection once nothing of it is at work, and all of them when time is over. */
async function drain(server: Server, sockets: Set<ConnectedSocket>, msMax: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const endMs = performance.now() + msMax;
  const sweep = (): void => {
    const late = performance.now() >= endMs;
    for (const socket of sockets) {
      if (late) socket.destroy();
      // Not `destroy`: the end of an answer may still be on its way out.
      else if (isIdle(socket[CONNECTION])) socket.destroySoon();
    }
  };
  sweep();
  const timer = setInterval(sweep, DRAIN_CHECK_MS);
  await closed;
  clearInterval(timer);
}

function isIdle(connection: Connection | undefined): boolean {
  if (connection === undefined) return true;
  const { pending, latest, broken } = connection;
  if (pending > 0) return false;
  if (latest === null) return true;
  return latest.req.complete ? latest.writableFinished : broken;
}

function declaresTooMuch({ headers }: IncomingMessage, { body_bytes_max }: HttpLimits): boolean {
  return Number(headers['content-length'] ?? 0) > body_bytes_max;
}

function connectionOf(socket: ConnectedSocket): Connection {
  let connection = socket[CONNECTION];
  if (connection === undefined) {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
    connection = { address, pending: 0, latest: null, broken: false };
    socket[CONNECTION] = connection;
  }
  return connection;
}

/** What answering takes, beside the request. */
interface Desk {
  readonly settings: ServerSettings;
  readonly mounts: readonly Mount[];
  readonly logsRequests: boolean;
  /** From now on the latest answer of each connection ends it. */
  closing: boolean;
  refuseHost(message: IncomingMessage): HttpReply | null;
}

function makeDesk(settings: ServerSettings): Desk {
  return {
    settings,
    mounts: [...settings.mounts].sort((a, b) => b.prefix.length - a.prefix.length),
    logsRequests: settings.log.isLevelEnabled('debug'),
    closing: false,
    refuseHost: makeHostCheck(settings.allowedHosts),
  };
}

function mountOf({ mounts }: Desk, path: string): Mount | null {
  for (const mount of mounts) {
    const { prefix } = mount;
    if (prefix.endsWith('/') ? path.startsWith(prefix) : path === prefix) return mount;
  }
  return null;
}

/** The path that every request goes, so it stays short. */
function receive(desk: Desk, message: IncomingMessage, response: ServerResponse): void {
  const connection = connectionOf(message.socket);
  connection.latest = response;
  const { headers, method = 'GET' } = message;
  const url = targetOf(message.url ?? '/');
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  const refusal = desk.refuseHost(message) ?? refuseEncoding(headers);
  const mount = refusal === null ? mountOf(desk, path) : null;
  const exchange = { desk, message, response, connection, mount, path, query };
  const hasBody =
    headers['content-length'] === undefined
      ? headers['transfer-encoding'] !== undefined
      : headers['content-length'] !== '0';
  if (hasBody) {
    const upload: Upload = { exchange, chunks: [], bytes: 0, refused: mount === null };
    (message as UploadingMessage)[UPLOAD] = upload;
    message.on('data', onData);
    message.on('end', onEnd);
    if (mount !== null) {
      if (declaresTooMuch(message, desk.settings.limits)) refuseLarge(upload, mount);
      return;
    }
  }
  if (mount === null) answer(exchange, refusal ?? unknownPath(method, path), performance.now());
  else dispatch(exchange, mount, NO_BODY);
}

function onData(this: UploadingMessage, chunk: Buffer): void {
  const upload = this[UPLOAD] as Upload;
  const { mount, desk } = upload.exchange;
  const { discard_bytes_max, body_bytes_max } = desk.settings.limits;
  upload.bytes += chunk.length;
  if (upload.refused || mount === null) {
    if (upload.bytes > discard_bytes_max) this.socket.destroy();
  } else if (upload.bytes > body_bytes_max) refuseLarge(upload, mount);
  else upload.chunks.push(chunk);
}

function onEnd(this: UploadingMessage): void {
  const { exchange, chunks, bytes, refused } = this[UPLOAD] as Upload;
  if (refused || exchange.mount === null) return;
  const [first] = chunks;
  const whole = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, bytes);
  dispatch(exchange, exchange.mount, whole);
}

/** Answers at once and lets the rest of the body come: a client that writes reads only later. */
function refuseLarge(upload: Upload, mount: Mount): void {
  const { exchange } = upload;
  const { path, query } = exchange;
  upload.refused = true;
  upload.chunks = [];
  const { headers, method = 'GET' } = exchange.message;
  const startMs = performance.now();
  try {
    const remoteAddress = addressOf(exchange);
    answer(exchange, mount.tooLarge({ method, path, query, headers, remoteAddress }), startMs);
  } catch (error) {
    crash(exchange, error, startMs);
  }
}

function addressOf({ desk, connection, message }: Exchange): string {
  const { clientAddress } = desk.settings;
  if (clientAddress === undefined) return connection.address;
  return clientAddress(connection.address, message.headers);
}

function dispatch(exchange: Exchange, mount: Mount, body: Buffer): void {
  const { connection, path, query } = exchange;
  const { headers, method = 'GET' } = exchange.message;
  const startMs = performance.now();
  let reply: HttpReply | Promise<HttpReply>;
  try {
    const remoteAddress = addressOf(exchange);
    reply = mount.handle({ method, path, query, headers, body, remoteAddress });
  } catch (error) {
    crash(exchange, error, startMs);
    return;
  }
  if (!(reply instanceof Promise)) {
    answer(exchange, reply, startMs);
    return;
  }
  connection.pending += 1;
  reply.then(
    (value) => {
      connection.pending -= 1;
      answer(exchange, value, startMs);
    },
    (error) => {
      connection.pending -= 1;
      crash(exchange, error, startMs);
    },
  );
}

function answer(exchange: Exchange, reply: HttpReply, startMs: number): void {
  try {
    send(exchange, reply);
  } catch (error) {
    crash(exchange, error, startMs);
    return;
  }
  finish(exchange, reply.status, startMs);
}

/** Something of ours is broken: the client learns that, and the log the rest. */
function crash(exchange: Exchange, error: unknown, startMs: number): void {
  const { desk, message, path, response } = exchange;
  desk.settings.log.error({ err: error, method: message.method, path }, 'request failed');
  if (response.headersSent) response.destroy();
  else send(exchange, plainError(500, 'An unexpected error occurred. Try again.'));
  finish(exchange, 500, startMs);
}

function send(
  { desk, response, connection }: Exchange,
  { status, headers, body }: HttpReply,
): void {
  const lines: string[] = [];
  for (const name in headers) lines.push(name, headers[name] as string);
  if (status !== 204 && status !== 304) {
    const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    lines.push('Content-Length', String(bytes));
  }
  // Only on the latest: those of requests behind this one would never be sent.
  if ((desk.closing || connection.broken) && connection.latest === response) {
    lines.push('Connection', 'close');
  }
  response.writeHead(status, lines);
  response.end(body);
}

function finish({ desk, mount, message, path }: Exchange, status: number, startMs: number): void {
  const { answered, log } = desk.settings;
  const { method = 'GET' } = message;
  const ms = performance.now() - startMs;
  answered?.(mount, method, status, ms);
  if (desk.logsRequests) log.debug({ method, path, status, ms }, 'request');
}

/** The path and query of a request's target; a proxy's form has an origin before them. */
function targetOf(url: string): string {
  if (url.startsWith('/') || url === '*' || !URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function refuseEncoding(headers: IncomingMessage['headers']): HttpReply | null {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return null;
  return plainError(415, 'Request bodies are taken as they are: send none with Content-Encoding.');
}

/** Refuses names that are not ours; the headers that were found good are kept, with their ports. */
function makeHostCheck(allowed: readonly string[] | null): Desk['refuseHost'] {
  const good = new Set<string>();
  const names = new Set(allowed);
  return ({ headers, httpVersionMinor }) => {
    const { host } = headers;
    if (host === undefined || host === '') {
      // HTTP/1.0 has none, and no browser speaks it.
      return httpVersionMinor === 0 ? null : plainError(400, 'The Host header is missing.');
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

const UNREADABLE: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The request headers are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The request body has too large chunk extensions.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
};

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

/** Answers what the parser gave up on; there is no request to answer, only a socket. */
function refuseUnreadable(error: NodeJS.ErrnoException, duplex: Duplex): void {
  const socket = duplex as ConnectedSocket;
  const connection = socket[CONNECTION];
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  if (connection !== undefined && mayBeMistaken(connection)) {
    connection.broken = true;
    return;
  }
  const [status, message] = UNREADABLE[error.code ?? ''] ?? [400, 'The request is not valid HTTP.'];
  const { body } = plainError(status, message);
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

/** Whatever is written while an answer is due would be taken for that answer. */
function mayBeMistaken({ pending, latest }: Connection): boolean {
  if (pending > 0) return true;
  return latest?.req.complete === true && !latest.writableFinished;
}
