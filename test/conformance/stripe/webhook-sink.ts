import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';

/** One request that reached an endpoint. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A merchant's endpoints on this machine. */
export interface Sink {
  readonly url: string;
  readonly received: Received[];
  /** What the endpoint at a path answers; 200 at once where nothing is set. */
  readonly answers: Map<string, () => Promise<number> | number>;
  /** Waits until `count` requests have come to a path; answers them. */
  arrived(path: string, count: number): Promise<Received[]>;
  close(): Promise<void>;
}

const WAIT_MS_MAX = 30_000;

export async function startSink(): Promise<Sink> {
  const received: Received[] = [];
  const answers: Sink['answers'] = new Map();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const path = request.url ?? '';
      const body = Buffer.concat(chunks).toString('utf8');
      received.push({ path, headers: request.headers, body });
      response.statusCode = await (answers.get(path)?.() ?? 200);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answers,
    arrived: async (path, count) => {
      const endMs = Date.now() + WAIT_MS_MAX;
      for (;;) {
        const found = received.filter((one) => one.path === path);
        if (found.length >= count) return found;
        if (Date.now() > endMs) throw new Error(`${found.length} of ${count} came to ${path}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Reads a request as the official client does; throws when its signature is not right. */
export function verified({ body, headers }: Received, secret: string): Stripe.Event {
  const signature = headers['stripe-signature'];
  return Stripe.webhooks.constructEvent(body, signature ?? '', secret);
}
