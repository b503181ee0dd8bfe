import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { Socket } from 'node:net';
import {
  clientAddressOf,
  crashReply,
  type Desk,
  declaresTooMuch,
  mountOf,
  noteAnswer,
  noteBroken,
  plainAddress,
  refuseEncoding,
  targetOf,
} from './desk.js';
import type { HttpReply, HttpRequest, Mount } from './http.js';
import { plainError, unknownPath } from './plain-reply.js';
import { sendStream } from './send-stream.js';

/** Where connections go that speak HTTP/2. */
export interface Http2Door {
  accept(socket: Socket): void;
  /** Lets each connection end once its streams have, and take no more of them. */
  close(): void;
}

/** A request on its way, from its headers to its answer. */
interface Exchange {
  readonly desk: Desk;
  readonly request: Http2ServerRequest;
  readonly response: Http2ServerResponse;
  readonly mount: Mount;
  readonly about: Omit<HttpRequest, 'body'>;
}

/** Serves HTTP/2 from the same desk as HTTP/1.1, with the same limits. */
export function makeHttp2Door(desk: Desk): Http2Door {
  const { limits, log } = desk.settings;
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer({
    settings: {
      maxConcurrentStreams: limits.http2_streams_max,
      maxHeaderListSize: limits.header_bytes_max,
      enablePush: false,
    },
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    endWhenGone(session, limits.keep_alive_ms);
  });
  // A connection that breaks the protocol is ended by its own session.
  server.on('sessionError', (error) => log.debug({ err: error }, 'HTTP/2 connection failed'));
  server.on('request', (request, response) => receive(desk, request, response));
  return {
    accept: (socket) => {
      socket.on('error', () => {});
      server.emit('connection', socket);
    },
    close: () => {
      for (const session of sessions) session.close();
    },
  };
}

/**
 * Ends a connection that has been quiet for `quiet_ms` and carries nothing, or whose other side
 * does not answer when it is asked.
 */
function endWhenGone(session: ServerHttp2Session, quiet_ms: number): void {
  let streams = 0;
  let asked = false;
  session.on('stream', (stream) => {
    streams += 1;
    stream.once('close', () => {
      streams -= 1;
    });
  });
  session.setTimeout(quiet_ms);
  session.on('timeout', () => {
    if (streams === 0) session.close();
    else if (asked) session.destroy();
    else {
      asked = true;
      session.ping(() => {
        asked = false;
      });
      session.setTimeout(quiet_ms);
    }
  });
}

function receive(desk: Desk, request: Http2ServerRequest, response: Http2ServerResponse): void {
  const { headers, method } = request;
  const url = targetOf(request.url);
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  const peer = plainAddress(request.socket.remoteAddress);
  const remoteAddress = clientAddressOf(desk, peer, headers);
  const foreign = desk.refuseHost(request.authority || headers.host, request.httpVersion);
  if (foreign === null && desk.streams?.takes(path) === true) {
    endWhenAnswered(response);
    desk.streams.handle(request, response, remoteAddress);
    return;
  }
  const refusal = foreign ?? refuseEncoding(headers);
  const mount = refusal === null ? mountOf(desk, path) : null;
  if (mount === null) {
    const reply = refusal ?? unknownPath(method, path);
    noteAnswer(desk, null, method, path, reply.status, performance.now());
    send(desk, response, method, reply);
    // Nobody reads what else it sends.
    request.resume();
    return;
  }
  const about = { method, path, query, headers, remoteAddress };
  upload({ desk, request, response, mount, about });
}

/** How long a client has to end its side of a stream that is answered in full. */
const END_WAIT_MS = 1_000;

/**
 * Ends a stream that is answered in full though its client may go on sending: nobody reads that,
 * and the connection could not end before the client does. Not at once: a client that is still
 * reading would lose the end of the answer.
 */
function endWhenAnswered({ stream }: Http2ServerResponse): void {
  stream.once('finish', () => {
    const late = setTimeout(() => stream.destroy(), END_WAIT_MS);
    stream.once('close', () => clearTimeout(late));
  });
}

/** Gathers the body, within its limits, and dispatches. */
function upload(exchange: Exchange): void {
  const { desk, request, mount, about, response } = exchange;
  const { limits } = desk.settings;
  const chunks: Buffer[] = [];
  let bytes = 0;
  let refused = false;
  const refuse = (reply: () => HttpReply): void => {
    refused = true;
    chunks.length = 0;
    void answer(exchange, reply);
  };
  const late = setTimeout(() => {
    response.stream.once('finish', () => response.stream.close());
    refuse(() => plainError(408, 'The request took too long to arrive.'));
  }, limits.body_wait_ms_max);
  response.once('close', () => clearTimeout(late));
  const tooLarge = (): HttpReply => mount.tooLarge(about);
  if (declaresTooMuch(about.headers, limits)) refuse(tooLarge);
  request.on('error', () => {});
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (refused) {
      if (bytes > limits.discard_bytes_max) response.stream.close();
    } else if (bytes > limits.body_bytes_max) refuse(tooLarge);
    else chunks.push(chunk);
  });
  request.on('end', () => {
    clearTimeout(late);
    // What was cut off ends, too, and is not the body that its sender meant.
    if (refused || response.stream.closed || response.stream.aborted) return;
    const body = Buffer.concat(chunks, bytes);
    void answer(exchange, () => mount.handle({ ...about, body }));
  });
}

async function answer(exchange: Exchange, work: () => Promise<HttpReply> | HttpReply) {
  const { desk, mount, about, response } = exchange;
  const { method, path } = about;
  const startMs = performance.now();
  let status = 500;
  try {
    const reply = await work();
    send(desk, response, method, reply, (error) => noteBroken(desk, error, path));
    status = reply.status;
  } catch (error) {
    const reply = crashReply(desk, error, method, path);
    if (response.headersSent) response.stream.destroy();
    else send(desk, response, method, reply);
  }
  noteAnswer(desk, mount, method, path, status, startMs);
}

function send(
  { common }: Desk,
  response: Http2ServerResponse,
  method: string,
  reply: HttpReply,
  failed: (error: unknown) => void = () => {},
): void {
  // Whoever has gone gets no answer; its command is done all the same.
  // A stream that was reset is closed for a moment before it is destroyed, and throws if answered.
  const { stream } = response;
  if (stream === undefined || stream.destroyed || stream.closed) return;
  const { status, headers, body, more } = reply;
  const isEmpty = method === 'HEAD' || status === 204 || status === 304;
  response.writeHead(status, { ...common, ...headers });
  if (isEmpty) response.end();
  else if (more === undefined) response.end(body);
  else void sendStream(response, body, more, failed);
}
