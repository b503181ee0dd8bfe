import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An endpoint that takes every event and remembers which ones came. */
export interface Sink {
  readonly url: string;
  /** `type id-of-the-object`, for each event that came at least once. */
  readonly arrived: ReadonlySet<string>;
  /** How many requests came. */
  readonly requests: () => number;
  close(): Promise<void>;
}

/** Listens on a free port of this machine. */
export async function openSink(): Promise<Sink> {
  const arrived = new Set<string>();
  let requests = 0;
  const server = createServer((incoming, response) => {
    let text = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk) => {
      text += chunk;
    });
    incoming.on('end', () => {
      requests += 1;
      const { type, data } = JSON.parse(text);
      arrived.add(`${type} ${data.object.id}`);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrived,
    requests: () => requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
