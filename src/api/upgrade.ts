import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpReply } from './http.js';

/** Whether a request that asks for another protocol asks for a WebSocket. */
export function wantsWebSocket({ headers, method }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

const NOT_OURS = new Set(['upgrade', 'http2-settings', 'connection']);

/**
 * The bytes of a request as if it had not asked for another protocol: some clients offer HTTP/2
 * with each request and are content with an answer over HTTP/1.1.
 */
export function withoutUpgrade(message: IncomingMessage, head: Buffer): Buffer {
  const { method, url, httpVersion, rawHeaders } = message;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (!NOT_OURS.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[i + 1]}`);
  }
  const options = (message.headers.connection ?? '').toLowerCase().split(',');
  if (options.some((each) => each.trim() === 'close')) lines.push('Connection: close');
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]);
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** Answers a request for a WebSocket with a refusal, and closes. */
export function refuseUpgrade(socket: Duplex, { status, headers, body }: HttpReply): void {
  const lines = Object.entries({
    ...headers,
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  // Whoever has gone does not need the refusal.
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
}
