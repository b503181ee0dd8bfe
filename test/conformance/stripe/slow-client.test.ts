import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeKeyring } from '../../../src/api/auth.js';
import { type RunningServer, startServer } from '../../../src/api/server.js';
import { stripeDialect } from '../../../src/api/stripe/dialect.js';
import { LIMITS } from '../../../src/limits.js';
import { startTestTender, type TestTender } from '../../support/tender.js';
import { statuses } from './raw-http.js';

let tender: TestTender;

beforeAll(async () => {
  tender = await startTestTender();
});

afterEach(() => expect(tender.errors.splice(0)).toEqual([]));

afterAll(() => tender.stop());

describe('a client that takes its time', () => {
  let slow: RunningServer;

  beforeAll(async () => {
    const waits = { body_wait_ms_max: 400, headers_wait_ms_max: 400, wait_check_ms: 50 };
    const { mounts } = stripeDialect({
      engine: tender.engine,
      keyring: makeKeyring({ mode: 'sandbox', apiKeys: null, keyring_keys_max: 100 }),
      digest: () => '',
      publicUrl: () => '',
      isOpen: false,
      urlFault: () => null,
      logError: (error) => void tender.errors.push(String(error)),
    });
    slow = await startServer({
      mounts,
      host: '127.0.0.1',
      port: 0,
      tls: null,
      allowedHosts: null,
      limits: { ...LIMITS.http, ...waits },
      log: {
        error: (_, message) => void tender.errors.push(message),
        debug: () => {},
        isLevelEnabled: () => false,
      },
    });
  });

  afterAll(() => slow.stop());

  /** Sends one byte every 50 ms; what came back before the server closed, and after how long. */
  async function drip(bytes: Buffer): Promise<{ answer: string; ms: number }> {
    const startMs = performance.now();
    const socket = connect({ port: slow.port, host: '127.0.0.1' });
    let answer = '';
    let at = 0;
    const timer = setInterval(() => socket.write(bytes.subarray(at, ++at)), 50);
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    await new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
      socket.on('error', () => resolve());
    });
    clearInterval(timer);
    return { answer, ms: performance.now() - startMs };
  }

  test('over its headers is told so and closed', async () => {
    const { answer, ms } = await drip(
      Buffer.from('GET /v1/balance HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n\r\n'),
    );
    expect(statuses(answer)).toEqual([408]);
    expect(answer).toContain('The request took too long to arrive.');
    expect(ms).toBeLessThan(20_000);
  });

  test('over its body is closed, and nothing is done', async () => {
    const name = 'a'.repeat(1_000);
    const head =
      'POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk_test_slow\r\n' +
      `Content-Length: ${name.length + 5}\r\n\r\n`;
    const socket = connect({ port: slow.port, host: '127.0.0.1' });
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => {});
    socket.write(`${head}name=`);
    const timer = setInterval(() => socket.write('a'), 50);
    const startMs = performance.now();
    await closed;
    clearInterval(timer);
    expect(statuses(answer)).toEqual([408]);
    expect(performance.now() - startMs).toBeLessThan(20_000);
    expect(await tender.client('slow').customers.list()).toMatchObject({ data: [] });
  });
});
