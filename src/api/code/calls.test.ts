import { Code, ConnectError } from '@connectrpc/connect';
import { expect, test } from 'vitest';
import { makeProcedureFinder } from './calls.js';
import type { CallContext, CodeServices } from './service.js';

const CONTEXT = { signal: new AbortController().signal, received: null, remoteAddress: '' };

/** The calls that were told of, and what makes them. */
function counted(messaging: CodeServices['Messaging']) {
  const told: string[] = [];
  const services = { Messaging: messaging } as CodeServices;
  for (const name of ['MicroPayment', 'Identity', 'Account', 'Currency', 'Transaction'] as const)
    Object.assign(services, { [name]: {} });
  const find = makeProcedureFinder(services, (method, outcome) =>
    told.push(`${method} ${outcome}`),
  );
  const call = (method: string): unknown => {
    const run = find('Messaging', method)?.handler.run as (
      request: unknown,
      context: CallContext,
    ) => unknown;
    return run({}, CONTEXT);
  };
  return { told, call };
}

test('a call is told of once, when it has ended', async () => {
  const { told, call } = counted({
    sendMessage: async () => ({}),
    pollMessages: () => Promise.reject(new ConnectError('no', Code.FailedPrecondition)),
    ackMessages: () => Promise.reject(new TypeError('a fault of ours')),
  });
  expect(await call('sendMessage')).toEqual({});
  await expect(call('pollMessages')).rejects.toThrow(ConnectError);
  await expect(call('ackMessages')).rejects.toThrow(TypeError);
  expect(told).toEqual([
    'Messaging.sendMessage ok',
    'Messaging.pollMessages failed_precondition',
    'Messaging.ackMessages internal',
  ]);
});

test('a stream is told of at its end, and not where it is left before', async () => {
  let isGone = false;
  const { told, call } = counted({
    openMessageStream: async function* () {
      try {
        yield { messages: [] };
        yield { messages: [] };
      } finally {
        isGone = true;
      }
    },
  });
  const read = async (answers_max: number): Promise<number> => {
    let answers = 0;
    for await (const _ of call('openMessageStream') as AsyncIterable<unknown>)
      if (++answers === answers_max) break;
    return answers;
  };
  expect(await read(1)).toBe(1);
  expect(isGone).toBe(true);
  expect(told).toEqual([]);
  expect(await read(3)).toBe(2);
  expect(told).toEqual(['Messaging.openMessageStream ok']);
});
