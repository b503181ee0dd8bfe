import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One message that arrived. */
export interface Arrival {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly event: { readonly id: string; readonly type: string };
}

/** A receiver of webhooks on loopback. */
export interface Sink {
  readonly url: string;
  readonly arrivals: Arrival[];
  /** How many requests were open at once, at most. */
  readonly openMax: () => number;
  /** Resolves when so many messages have arrived; fails after a while. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Less than a test may take, and more than a busy machine needs. */
const WAIT_MS_MAX = 30_000;

/** Starts a receiver; `answer` ends each response, which is 200 without it. */
export async function openSink(
  answer: (response: ServerResponse, arrival: Arrival) => void = (response) => void response.end(),
): Promise<Sink> {
  const arrivals: Arrival[] = [];
  let open = 0;
  let openMax = 0;
  const server = createServer((request, response) => {
    openMax = Math.max(openMax, ++open);
    response.on('close', () => {
      open--;
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { headers, url: path = '' } = request;
      const arrival = { path, headers, body, event: JSON.parse(body) };
      arrivals.push(arrival);
      answer(response, arrival);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    arrivals,
    openMax: () => openMax,
    arrived: (count) =>
      until(
        () => arrivals.length >= count,
        () => `${arrivals.length} arrived`,
      ),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Waits until something is so; fails after a while with what is so instead. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  instead: () => string = () => 'it is not so',
): Promise<void> {
  const endMs = performance.now() + WAIT_MS_MAX;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`waited ${WAIT_MS_MAX} ms: ${instead()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
