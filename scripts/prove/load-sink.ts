/**
 * A receiver of webhooks that answers 200 at once, in a process of its own. It prints its port; a
 * GET asks what has arrived.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What has arrived at the receiver. */
export interface Arrived {
  readonly messages: number;
  /** Events among them: fewer where one came more than once. */
  readonly events: number;
  /** Of the first and the last message, Unix ms; 0 where there is none. */
  readonly firstMs: number;
  readonly lastMs: number;
}

const EVENT_ID = /"id": "(evt_\w+)"/;

const events = new Set<string>();
let messages = 0;
let firstMs = 0;
let lastMs = 0;

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    const arrived: Arrived = { messages, events: events.size, firstMs, lastMs };
    response.end(JSON.stringify(arrived));
    return;
  }
  let beginning: string | null = null;
  request.on('data', (chunk: Buffer) => {
    // The id is the first of an event's fields.
    beginning ??= chunk.toString('latin1', 0, 100);
  });
  request.on('end', () => {
    response.end();
    lastMs = Date.now();
    if (messages === 0) firstMs = lastMs;
    messages++;
    const id = EVENT_ID.exec(beginning ?? '')?.[1];
    if (id !== undefined) events.add(id);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
// Whoever started it has ended.
process.stdin.on('end', () => process.exit(0)).resume();
