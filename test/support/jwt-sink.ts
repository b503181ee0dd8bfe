import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './sink.js';

/** A receiver of Code webhooks on loopback. */
export interface JwtSink {
  readonly url: string;
  readonly arrivals: { readonly headers: IncomingHttpHeaders; readonly jwt: string }[];
  /** How many requests were open at once, at most. */
  readonly openMax: () => number;
  /** Resolves when so many have arrived; fails after a while. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a receiver; `answer` ends each response, which is 200 without it. */
export async function openJwtSink(
  answer: (response: ServerResponse) => void = (response) => void response.end(),
): Promise<JwtSink> {
  const arrivals: JwtSink['arrivals'] = [];
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
      arrivals.push({ headers: request.headers, jwt: Buffer.concat(chunks).toString() });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
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
