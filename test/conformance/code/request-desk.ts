import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { expect } from 'vitest';
import type { TableName } from '../../../src/storage/schema.js';
import type { RequestToReceiveBillSchema } from '../../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import {
  type MessageInit,
  makeTestServices,
  messageBytes,
  sendBytes,
  type TestServicesOptions,
  tenDollars,
} from '../../support/code-services.js';
import { useTestEngine } from '../../support/engine-suite.js';
import type { TestKey } from '../../support/wallets.js';

/** A key, and a signature, of equal bytes. */
export const key = (fill: number) => ({ value: new Uint8Array(32).fill(fill) });
export const signature = (fill: number) => ({ value: new Uint8Array(64).fill(fill) });

/** What a test says of a request for a payment. */
export type Bill = Extract<
  MessageInitShape<typeof RequestToReceiveBillSchema>,
  { readonly $typeName?: never }
>;

/** A message that asks for ten dollars; `over` says what a test cares about. */
export function bill(over: Bill = {}) {
  const value: Bill = {
    requestorAccount: key(0),
    exchangeData: { case: 'partial', value: { currency: 'usd', nativeAmount: 10 } },
    ...over,
  };
  return { kind: { case: 'requestToReceiveBill', value } } as const;
}

/** A message that names quarks and a rate. */
export function exact(nativeAmount: number, quarks: bigint, exchangeRate = 1, currency = 'kin') {
  const value = { currency, nativeAmount, quarks, exchangeRate };
  return bill({ exchangeData: { case: 'exact', value } });
}

/** A message that names neither. */
export function partial(currency: string, nativeAmount: number) {
  return bill({ exchangeData: { case: 'partial', value: { currency, nativeAmount } } });
}

/** How a call ends: `ok`, or the error's code and text. */
export async function endOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return `${Code[error.code]}: ${error.rawMessage}`;
  }
}

/**
 * A store, emptied before each test of a file, and the services over it. After each test nothing
 * has been logged, and the books are right.
 */
export function openDesk() {
  const made = useTestEngine();
  const services = (options?: TestServicesOptions) => makeTestServices(made, options);
  return {
    /** The engine of the present test. */
    made: () => made,
    services,
    stored: <T extends TableName>(table: T) => made.store.scan(table, null, 100),
    expectNothingStored: async (): Promise<void> => {
      for (const table of ['requests', 'messages', 'intents'] as const)
        expect(await made.store.scan(table, null, 100), table).toEqual([]);
    },
    /** Sends a message signed by its rendezvous, and answers how that ends. */
    sent: (
      message: MessageInit,
      options: TestServicesOptions = {},
      at: TestKey = tenDollars('1234'),
    ): Promise<string> => endOf(services(options).send(sendBytes(at, messageBytes(message)))),
  };
}
