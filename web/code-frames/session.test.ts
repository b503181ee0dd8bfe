import { describe, expect, test, vi } from 'vitest';
import { CallError, type MessageKind } from '../../sdk/code/calls.js';
import { intentKeys } from '../../sdk/code/keys.js';
import type { IntentOptions } from '../../sdk/code/options.js';
import { type Session, type Stage, startSession } from './session.js';
import type { Transport } from './transport.js';

const DESTINATION = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
const payment: IntentOptions = {
  mode: 'payment',
  destination: DESTINATION,
  amount: 0.05,
  currency: 'usd',
  clientSecret: '3u6BsMecq8cofJM',
};
const NUMBERS = { codeScanned: 6, clientRejectedPayment: 7, intentSubmitted: 8, webhookCalled: 9 };

/** An answer of the stream with one message in it. */
function message(kind: keyof typeof NUMBERS, id: number): Uint8Array {
  const uuid = [0x0a, 0x03, 0x0a, 0x01, id];
  const said = [(NUMBERS[kind] << 3) | 2, 0];
  return Uint8Array.of(0x0a, uuid.length + said.length, ...uuid, ...said);
}

/** A server whose answers a test gives, and a person who looks at the page. */
async function visit(options: IntentOptions = payment) {
  const calls: string[] = [];
  const stages: Stage[] = [];
  const said: MessageKind[] = [];
  const live: boolean[] = [];
  const pauses: number[] = [];
  const server = {
    status: Uint8Array.of(),
    refuse: {} as Record<string, Error>,
    streams: [] as Parameters<Transport['listen']>[3][],
    closed: 0,
  };
  const transport: Transport = {
    call: async (_, method) => {
      calls.push(method);
      const error = server.refuse[method];
      if (error !== undefined) throw error;
      return method === 'getStatus' ? server.status : Uint8Array.of();
    },
    listen: (_, method, _body, hears) => {
      calls.push(method);
      server.streams.push(hears);
      hears.opened();
      return () => {
        server.closed += 1;
      };
    },
  };
  const keys = await intentKeys(
    options.mode === 'login' ? { ...options, idempotencyKey: 'login-1' } : options,
  );
  const wakes: (() => void)[] = [];
  const start = (): Session =>
    startSession({
      options,
      keys,
      transport,
      pause: (ms) => {
        pauses.push(ms);
        return new Promise((resolve) => wakes.push(resolve));
      },
      stage: (stage) => void stages.push(stage),
      said: (kind) => void said.push(kind),
      live: (isLive) => void live.push(isLive),
    });
  /** Lets time pass until the session has come so far. */
  const until = (what: () => boolean): Promise<boolean> =>
    vi.waitUntil(what, { interval: 1, timeout: 30_000 });
  const names = (): string[] => stages.map(({ name }) => name);
  return { server, calls, stages, names, said, live, pauses, wakes, start, until };
}

const EXISTS = Uint8Array.of(0x08, 1);
const SCANNED = Uint8Array.of(0x08, 1, 0x10, 1);
const OVER = Uint8Array.of(0x08, 1, 0xa0, 0x06, 1);
const SUBMITTED = Uint8Array.of(0x08, 1, 0x18, 1);

describe('a session', () => {
  test('makes the request where there is none, and listens', async () => {
    const { server, calls, names, said, live, start, until } = await visit();
    start();
    await until(() => server.streams.length === 1);
    expect(calls).toEqual(['getStatus', 'sendMessage', 'openMessageStream']);
    server.streams[0]?.answer(message('codeScanned', 1));
    server.streams[0]?.answer(message('intentSubmitted', 2));
    server.streams[0]?.answer(message('webhookCalled', 3));
    expect(names()).toEqual(['opening', 'waiting', 'scanned', 'submitted']);
    expect(said).toEqual(['codeScanned', 'intentSubmitted', 'webhookCalled']);
    expect(live).toEqual([true]);
  });

  test('makes nothing where there is one, and knows that it was scanned', async () => {
    const { server, calls, names, start, until } = await visit();
    server.status = SCANNED;
    start();
    await until(() => server.streams.length === 1);
    expect(calls).not.toContain('sendMessage');
    expect(names()).toEqual(['opening', 'scanned']);
  });

  test('that comes after the payment says so at once', async () => {
    const { server, calls, said, start, until } = await visit();
    server.status = SUBMITTED;
    start();
    await until(() => said.length > 0);
    expect(said).toEqual(['intentSubmitted']);
    expect(calls).toEqual(['getStatus']);
  });

  test('tells each thing once, however often it is heard', async () => {
    const { server, said, start, until } = await visit();
    server.status = EXISTS;
    start();
    await until(() => server.streams.length === 1);
    const hears = server.streams[0];
    hears?.answer(message('codeScanned', 1));
    hears?.answer(message('codeScanned', 1));
    hears?.answer(message('intentSubmitted', 2));
    hears?.answer(message('intentSubmitted', 3));
    expect(said).toEqual(['codeScanned', 'intentSubmitted']);
  });

  test('takes a rejection away, and goes on listening', async () => {
    const { server, calls, names, said, start, until } = await visit();
    server.status = EXISTS;
    start();
    await until(() => server.streams.length === 1);
    server.streams[0]?.answer(message('clientRejectedPayment', 1));
    await until(() => said.length > 0);
    expect(calls.at(-1)).toBe('ackMessages');
    server.streams[0]?.answer(message('codeScanned', 2));
    expect(names().slice(-2)).toEqual(['rejected', 'scanned']);
    expect(said).toEqual(['clientRejectedPayment', 'codeScanned']);
  });

  test('connects anew, later each time, and finds what happened meanwhile', async () => {
    const { server, said, live, pauses, wakes, start, until } = await visit();
    server.status = EXISTS;
    start();
    for (let round = 1; round <= 3; round += 1) {
      await until(() => server.streams.length === round);
      server.streams[round - 1]?.ended(new Error('closed'));
      await until(() => wakes.length === round);
      if (round === 3) server.status = SUBMITTED;
      wakes[round - 1]?.();
    }
    await until(() => said.includes('intentSubmitted'));
    expect(pauses).toEqual([250, 500, 1000]);
    expect(live).toEqual([true, false, true, false, true, false]);
  });

  test('that is looked at does not wait', async () => {
    const { server, said, live, wakes, start, until } = await visit();
    server.status = EXISTS;
    const session = start();
    await until(() => server.streams.length === 1);
    server.status = SUBMITTED;
    session.look();
    await until(() => said.includes('intentSubmitted'));
    expect(wakes).toEqual([]);
    expect(live).toEqual([true]);
  });

  test('that is looked at while it pauses tries at once', async () => {
    const { server, calls, wakes, start, until } = await visit();
    server.refuse.getStatus = new Error('no connection');
    const session = start();
    await until(() => wakes.length === 1);
    delete server.refuse.getStatus;
    session.look();
    await until(() => server.streams.length === 1);
    expect(calls).toEqual(['getStatus', 'getStatus', 'sendMessage', 'openMessageStream']);
  });

  test('ends with the words of a refusal', async () => {
    const { server, stages, wakes, start, until } = await visit();
    server.refuse.sendMessage = new CallError('[invalid_argument] xyz is too much');
    start();
    await until(() => stages.at(-1)?.name === 'refused');
    expect(stages.at(-1)).toEqual({ name: 'refused', text: 'xyz is too much' });
    expect(wakes).toEqual([]);
  });

  test('tries again where the server is only busy', async () => {
    const { server, stages, wakes, start, until } = await visit();
    server.refuse.getStatus = new CallError('[unavailable] later');
    start();
    await until(() => wakes.length === 1);
    expect(stages).toEqual([{ name: 'opening' }]);
  });

  test('cannot open a login by itself', async () => {
    const login = { domain: 'example.com', verifier: DESTINATION };
    const { calls, stages, start, until } = await visit({ mode: 'login', login });
    start();
    await until(() => stages.at(-1)?.name === 'refused');
    expect(calls).toEqual(['getStatus']);
  });

  test('ends where the request is over', async () => {
    const { server, calls, stages, start, until } = await visit();
    server.status = OVER;
    start();
    await until(() => stages.at(-1)?.name === 'refused');
    expect(stages.at(-1)).toMatchObject({
      text: 'it was canceled, has expired, or its payment failed',
    });
    expect(calls).toEqual(['getStatus']);
  });

  test('tells of a rejection even where it cannot take it away', async () => {
    const { server, said, wakes, start, until } = await visit();
    server.status = EXISTS;
    server.refuse.ackMessages = new Error('no connection');
    start();
    await until(() => server.streams.length === 1);
    server.streams[0]?.answer(message('clientRejectedPayment', 1));
    await until(() => said.length > 0);
    expect(said).toEqual(['clientRejectedPayment']);
    expect(wakes).toHaveLength(1);
  });

  test('that is stopped says nothing any more', async () => {
    const { server, said, names, start, until } = await visit();
    server.status = EXISTS;
    const session = start();
    await until(() => server.streams.length === 1);
    session.stop();
    server.streams[0]?.answer(message('intentSubmitted', 1));
    expect(said).toEqual([]);
    expect(names()).toEqual(['opening', 'waiting']);
    expect(server.closed).toBe(1);
  });
});
