import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';

/** Any JSON object, read field by field. */
// biome-ignore lint/suspicious/noExplicitAny: the tests assert on what they read
export type Body = { [field: string]: any };

export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; an empty object where it is empty. */
  readonly body: Body;
}

export interface RawOptions {
  /** The name whose `sk_test_` key is sent; null: none is. */
  readonly as?: string | null;
  /** A form, written as it goes onto the wire. */
  readonly form?: string | Buffer | undefined;
  readonly headers?: Record<string, string | string[]>;
}

/** One request without a client library in between. It rejects when no answer comes in time. */
export type Raw = (method: string, path: string, options?: RawOptions) => Promise<RawReply>;

const DEADLINE_MS = 10_000;

/** Speaks plain HTTP to a port, as `as` unless a request names somebody else. */
export function rawClient(port: number, as: string): { raw: Raw; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const raw: Raw = (method, path, options = {}) =>
    new Promise((resolve, reject) => {
      const who = options.as === undefined ? as : options.as;
      const headers = {
        ...(who === null ? {} : { authorization: `Bearer sk_test_${who}` }),
        ...(options.form === undefined
          ? {}
          : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...options.headers,
      };
      const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent });
      outgoing.setTimeout(DEADLINE_MS, () => outgoing.destroy(new Error(`no answer: ${path}`)));
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const { statusCode: status = 0, headers: received } = incoming;
          resolve({ status, headers: received, text, body: text === '' ? {} : JSON.parse(text) });
        });
      });
      outgoing.end(options.form);
    });
  return { raw, close: () => agent.destroy() };
}

/** A form of nested names and values, its names as written and its values encoded. */
export function form(fields: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

/**
 * Sends bytes as they are and answers all that comes back until the server closes, or until
 * nothing more has come for `quietMs` after the first answer. Rejects when nothing comes at all.
 */
export function exchange(port: number, bytes: string | Buffer, quietMs = 150): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (): void => {
      clearTimeout(deadline);
      clearTimeout(quiet);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('latin1'));
    };
    let quiet: NodeJS.Timeout | undefined;
    const deadline = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer to ${String(bytes).slice(0, 300)}`));
    }, DEADLINE_MS);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      clearTimeout(quiet);
      quiet = setTimeout(finish, quietMs);
    });
    socket.on('close', finish);
    socket.on('error', finish);
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

/** The status lines' numbers in what `exchange` answered. */
export function statuses(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

/** An error as the wire has it: the code’s address beside the code, nothing that is null. */
export function errorOf(fields: Body): Body {
  const { code } = fields;
  const explained =
    code === undefined
      ? {}
      : { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` };
  return { error: { type: 'invalid_request_error', ...explained, ...fields } };
}

/** A Tender and a raw client for the tests of one file; each test ends without an error logged. */
export function useRaw(name = newName()): {
  raw: Raw;
  /** The object that a POST makes; the test ends where it is refused. */
  made(path: string, fields: string): Promise<Body>;
  tender(): TestTender;
} {
  let tender: TestTender;
  let client: ReturnType<typeof rawClient>;
  beforeAll(async () => {
    tender = await startTestTender();
    client = rawClient(tender.port, name);
  });
  afterEach(() => expect(tender.errors.splice(0)).toEqual([]));
  afterAll(async () => {
    client.close();
    await tender.stop();
  });
  const made = async (path: string, fields: string): Promise<Body> => {
    const { body } = await client.raw('POST', path, { form: fields });
    expect(body.error).toBeUndefined();
    return body;
  };
  return { raw: (...request) => client.raw(...request), made, tender: () => tender };
}
