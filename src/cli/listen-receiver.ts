import { randomBytes } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook as it arrived, and how its receiver's shop took it. */
export interface Forwarded {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** What the shop answered; null where it did not, or where there is none. */
  readonly status: number | null;
  /** Why the shop did not answer; null where it did. */
  readonly error: string | null;
  readonly durationMs: number;
}

/** A receiver of webhooks on loopback that passes them on. */
export interface Receiver {
  /** Where webhooks are taken; nobody else can guess its path. */
  readonly url: string;
  close(): Promise<void>;
}

/** Larger than any event: an event holds an object or two. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** Shorter than the server waits for us, so that it hears what happened. */
const FORWARD_MS_MAX = 15_000;

/** Headers of one connection that mean nothing on the next (RFC 9110, 7.6.1). */
const OWN_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
]);

/**
 * Starts a receiver. What comes is posted to `target` with the same bytes and headers, so that the
 * signature holds, and the server is told what the shop answered: a webhook that the shop refuses
 * is sent again. Without a target everything is taken. `onForwarded` hears of each.
 */
export async function openReceiver(
  target: string | null,
  onForwarded: (forwarded: Forwarded) => void,
): Promise<Receiver> {
  const path = `/${randomBytes(16).toString('hex')}`;
  const server = createServer((request, response) => {
    take(request, response, path, target).then(
      (forwarded) => forwarded !== null && onForwarded(forwarded),
      // The server hung up in the middle: it will send the webhook again.
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  target: string | null,
): Promise<Forwarded | null> {
  if (request.url !== path) return answer(response, 404);
  // How others find out that this receiver is still there.
  if (request.method !== 'POST') return answer(response, 204);
  const body = await readBody(request);
  if (body === null) return answer(response, 413);
  const startMs = performance.now();
  const { status, error } =
    target === null ? { status: null, error: null } : await forward(target, request, body);
  response.writeHead(target === null ? 200 : (status ?? 502)).end();
  const { headers } = request;
  return { headers, body, status, error, durationMs: Math.round(performance.now() - startMs) };
}

function answer(response: ServerResponse, status: number): null {
  response.writeHead(status).end();
  return null;
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function forward(target: string, { headers }: IncomingMessage, body: Buffer) {
  const passed = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (!OWN_HEADERS.has(name) && value !== undefined) passed.set(name, String(value));
  try {
    const response = await fetch(target, {
      method: 'POST',
      headers: passed,
      body: new Uint8Array(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(FORWARD_MS_MAX),
    });
    await response.body?.cancel();
    return { status: response.status, error: null };
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    return { status: null, error: code ?? message };
  }
}

/** Whether a receiver is still there: whoever else has its port knows nothing of its path. */
export async function receiverLives(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS_MAX) });
    await response.body?.cancel();
    return response.status === 204;
  } catch {
    return false;
  }
}

const PROBE_MS_MAX = 2000;
