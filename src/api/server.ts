import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import {
  clientAddressOf,
  crashReply,
  type Desk,
  declaresTooMuch,
  makeDesk,
  mountOf,
  noteAnswer,
  noteBroken,
  plainAddress,
  refuseEncoding,
  type ServerSettings,
  targetOf,
} from './desk.js';
import type { HttpReply, Mount } from './http.js';
import { type Http2Door, makeHttp2Door } from './http2.js';
import { plainError, unknownPath } from './plain-reply.js';
import { sendStream } from './send-stream.js';
import { sniffHttp2 } from './sniff.js';
import { refuseUpgrade, wantsWebSocket, withoutUpgrade } from './upgrade.js';

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
  /** It is another protocol's by now, which also ends it. */
  handedOver: boolean;
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
const PROBE_MS = 30_000;

/**
 * Starts listening. Rejects with the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL …), or
 * TLS's, when it cannot.
 */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const { limits, tls } = settings;
  const desk = makeDesk(settings);
  const server = makeServer(settings);
  const http2 = makeHttp2Door(desk);
  const sockets = acceptConnections(desk, server, http2);
  server.on('request', (message, response) => receive(desk, message, response));
  server.on('checkContinue', (message, response) => {
    // A client that is refused here does not send its body: what it sends next is unclear.
    if (declaresTooMuch(message.headers, limits)) connectionOf(message.socket).broken = true;
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
      http2.close();
      return drain(server, sockets, limits.drain_ms_max);
    },
  };
}

/**
 * Leads each connection to the protocol that it speaks. HTTP/1.1's own listener of the server is
 * put behind that choice; the sockets that are returned are all that are open.
 */
function acceptConnections(desk: Desk, server: Server, http2: Http2Door): Set<ConnectedSocket> {
  const { limits, tls, upgrade } = desk.settings;
  const sockets = new Set<ConnectedSocket>();
  const event = tls === null ? 'connection' : 'secureConnection';
  const [listener] = server.listeners(event);
  if (listener === undefined) throw new Error('the server has no listener of its own');
  const serve = (socket: ConnectedSocket): void => void listener.call(server, socket);
  const serveHttp2 = (socket: ConnectedSocket): void => {
    connectionOf(socket).handedOver = true;
    http2.accept(socket);
  };
  server.removeAllListeners(event);
  server.on(event, (socket: ConnectedSocket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (tls === null) sniffHttp2(socket, limits.headers_wait_ms_max, serve, serveHttp2);
    else if ((socket as Socket as TLSSocket).alpnProtocol === 'h2') serveHttp2(socket);
    else serve(socket);
  });
  if (upgrade === undefined) return sockets;
  server.on('upgrade', (message: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const socket = duplex as ConnectedSocket;
    if (!wantsWebSocket(message)) {
      socket.unshift(withoutUpgrade(message, head));
      serve(socket);
      return;
    }
    const refusal = desk.closing
      ? plainError(503, 'This server is stopping.')
      : desk.refuseHost(message.headers.host, message.httpVersion);
    if (refusal !== null) return refuseUpgrade(socket, refusal);
    const connection = connectionOf(socket);
    connection.handedOver = true;
    upgrade(message, socket, head, clientAddressOf(desk, connection.address, message.headers));
  });
  return sockets;
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
      : createTlsServer({
          ...options,
          cert: tls.cert,
          key: tls.key,
          minVersion: 'TLSv1.2',
          ALPNProtocols: ['h2', 'http/1.1'],
        });
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
  const { pending, latest, broken, handedOver } = connection;
  if (pending > 0 || handedOver) return false;
  if (latest === null) return true;
  return latest.req.complete ? latest.writableFinished : broken;
}

function connectionOf(socket: ConnectedSocket): Connection {
  let connection = socket[CONNECTION];
  if (connection === undefined) {
    const address = plainAddress(socket.remoteAddress);
    connection = { address, pending: 0, latest: null, broken: false, handedOver: false };
    socket[CONNECTION] = connection;
  }
  return connection;
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
  const foreign = desk.refuseHost(headers.host, message.httpVersion);
  if (foreign === null && desk.streams?.takes(path) === true) {
    stream(desk, message, response, connection);
    return;
  }
  const refusal = foreign ?? refuseEncoding(headers);
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
      if (declaresTooMuch(message.headers, desk.settings.limits)) refuseLarge(upload, mount);
      return;
    }
  }
  if (mount === null) answer(exchange, refusal ?? unknownPath(method, path), performance.now());
  else dispatch(exchange, mount, NO_BODY);
}

/** A streaming answer: it may be quiet for as long as it likes. */
function stream(
  desk: Desk,
  message: IncomingMessage,
  response: ServerResponse,
  { address }: Connection,
): void {
  const { socket } = message;
  socket.setTimeout(0);
  // What idle_ms_max finds elsewhere, the system finds here: that the other side is gone.
  socket.setKeepAlive(true, PROBE_MS);
  response.once('close', () => {
    if (!socket.destroyed) socket.setTimeout(desk.settings.limits.idle_ms_max);
  });
  if (desk.closing) response.setHeader('Connection', 'close');
  const remoteAddress = clientAddressOf(desk, address, message.headers);
  desk.streams?.handle(message, response, remoteAddress);
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
  return clientAddressOf(desk, connection.address, message.headers);
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
  const reply = crashReply(desk, error, message.method ?? 'GET', path);
  if (response.headersSent) response.destroy();
  else send(exchange, reply);
  finish(exchange, 500, startMs);
}

function send(
  { desk, message, path, response, connection }: Exchange,
  { status, headers, body, more }: HttpReply,
): void {
  const lines: string[] = [];
  for (const name in headers) lines.push(name, headers[name] as string);
  for (const name in desk.common)
    if (headers[name] === undefined) lines.push(name, desk.common[name] as string);
  if (status !== 204 && status !== 304 && more === undefined) {
    const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    lines.push('Content-Length', String(bytes));
  }
  // Only on the latest: those of requests behind this one would never be sent.
  if ((desk.closing || connection.broken) && connection.latest === response) {
    lines.push('Connection', 'close');
  }
  response.writeHead(status, lines);
  if (more === undefined || message.method === 'HEAD') response.end(body);
  else void sendStream(response, body, more, (error) => noteBroken(desk, error, path));
}

function finish({ desk, mount, message, path }: Exchange, status: number, startMs: number): void {
  noteAnswer(desk, mount, message.method ?? 'GET', path, status, startMs);
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
