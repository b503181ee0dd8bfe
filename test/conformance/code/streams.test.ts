import { paymentIntents } from '@code-wallet/client';
import {
  type ElementOptions,
  PaymentRequestIntent,
  type PaymentRequestOptions,
} from '@code-wallet/intents';
import { Messaging, OpenMessageStreamRequest, RpcStream } from '@code-wallet/rpc';
import { afterEach, describe, expect, test } from 'vitest';
import { openJwtSink } from '../../support/jwt-sink.js';
import { newAddress, newOrder, shop } from './shop.js';
import type { Scanned } from './wallet.js';

/** The unmodified stream of the published packages, as a shop's page listens. */

const made = shop();
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Listens as the published page does, unsigned; gives the kinds of messages one by one. */
async function listen(scanned: Scanned): Promise<() => Promise<string | undefined>> {
  const url = made.tender.url.replace(/^http/, 'ws');
  const stream = await RpcStream.create(Messaging, 'openMessageStream', url);
  closers.push(() => stream.close());
  const value = scanned.rendezvousKeypair.getPublicKey().toBuffer();
  stream.write(new OpenMessageStreamRequest({ rendezvousKey: { value } }));
  const answers = stream.read()[Symbol.asyncIterator]();
  const waiting: (string | undefined)[] = [];
  return async () => {
    while (waiting.length === 0) {
      const [answer, error] = (await answers.next()).value;
      if (error !== undefined) throw error;
      for (const { kind } of answer?.messages ?? []) waiting.push(kind.case);
    }
    return waiting.shift();
  };
}

async function create(webhook?: string): Promise<PaymentRequestIntent> {
  const options = {
    destination: newAddress(),
    amount: 0.05,
    currency: 'usd',
    idempotencyKey: newOrder(),
    ...(webhook === undefined ? {} : { webhook: { url: webhook } }),
  } as ElementOptions & PaymentRequestOptions;
  await paymentIntents.create({ ...options, endpoint: made.endpoint } as never);
  return new PaymentRequestIntent(options);
}

describe('the stream of a rendezvous', () => {
  test('tells a page of the scan, the payment and the webhook, in this order', async () => {
    const sink = await openJwtSink();
    closers.push(sink.close);
    const scanned = await create(sink.url);
    const next = await listen(scanned);
    expect(await next()).toBe('requestToReceiveBill');
    const wallet = await made.wallet();
    await wallet.scan(scanned);
    expect(await next()).toBe('codeScanned');
    expect(await wallet.pay(scanned)).toBeNull();
    expect(await next()).toBe('intentSubmitted');
    expect(await next()).toBe('webhookCalled');
  });

  test('tells a page that the wallet said no', async () => {
    const scanned = await create();
    const next = await listen(scanned);
    expect(await next()).toBe('requestToReceiveBill');
    await (await made.wallet()).reject(scanned);
    expect(await next()).toBe('clientRejectedPayment');
  });

  test('tells a page that comes later, and a second one beside it', async () => {
    const scanned = await create();
    const wallet = await made.wallet();
    await wallet.scan(scanned);
    expect(await wallet.pay(scanned)).toBeNull();
    const said = ['requestToReceiveBill', 'codeScanned', 'intentSubmitted'];
    const pages = await Promise.all([listen(scanned), listen(scanned)]);
    for (const next of pages) for (const kind of said) expect(await next()).toBe(kind);
  });
});
