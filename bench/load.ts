import { connect, type Socket } from 'node:net';

/**
 * A load generator lean enough to leave the second core to the server: raw HTTP/1.1 over kept-alive
 * sockets, one request at a time per connection, as a pool of SDK clients behaves.
 */

export interface Exchange {
  readonly status: number;
  readonly body: string;
}

/** One kept-alive connection. */
export interface Connection {
  /** Sends a request and resolves with its answer. Bodies need a `Content-Length`. */
  ask(request: string): Promise<Exchange>;
  close(): void;
}

interface Waiting {
  resolve(exchange: Exchange): void;
  reject(error: Error): void;
}

/** Opens a connection to a server on this machine. */
export function openConnection(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    let received = '';
    let waiting: Waiting | null = null;
    socket.on('data', (chunk: string) => {
      received += chunk;
      const exchange = readExchange(received);
      if (exchange === null) return;
      received = '';
      const current = waiting;
      waiting = null;
      current?.resolve(exchange);
    });
    const fail = (error: Error): void => {
      waiting?.reject(error);
      reject(error);
    };
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the server closed the connection')));
    socket.on('connect', () =>
      resolve({
        ask: (request) =>
          new Promise((answered, failed) => {
            waiting = { resolve: answered, reject: failed };
            socket.write(request, 'latin1');
          }),
        close: () => void socket.destroy(),
      }),
    );
  });
}

/** The exchange in what was received, or null while it is not whole. */
function readExchange(received: string): Exchange | null {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = received.slice(0, end).toLowerCase();
  const at = head.indexOf('content-length: ');
  if (at < 0) throw new Error('an answer without Content-Length');
  const length = Number.parseInt(head.slice(at + 'content-length: '.length), 10);
  if (received.length < end + 4 + length) return null;
  return { status: Number(head.slice(9, 12)), body: received.slice(end + 4) };
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly done: number;
}

/**
 * Runs `work` again and again on every one of `connections`, for `seconds` after a warm-up whose
 * results do not count; the figures are of whole runs of `work`.
 */
export async function measure(
  port: number,
  connections: number,
  seconds: number,
  work: (connection: Connection) => Promise<void>,
): Promise<LoadResult> {
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(port)));
  const times: number[] = [];
  const start = performance.now() + WARM_UP_SECONDS * 1000;
  const end = start + seconds * 1000;
  await Promise.all(
    open.map(async (connection) => {
      for (let now = performance.now(); now < end; ) {
        const began = now;
        await work(connection);
        now = performance.now();
        if (began >= start && now <= end) times.push(now - began);
      }
    }),
  );
  for (const connection of open) connection.close();
  return summary(times, seconds);
}

const WARM_UP_SECONDS = 1;

/** Rate and percentiles of durations in ms. */
export function summary(times: number[], seconds: number): LoadResult {
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
  return {
    perSecond: times.length / seconds,
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    done: times.length,
  };
}
