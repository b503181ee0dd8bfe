import { create, toBinary } from '@bufbuild/protobuf';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../../src/engine/audit.js';
import { toBase58 } from '../../../src/wire/code/base58.js';
import { RequestToReceiveBillSchema } from '../../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import { messageBytes, nonceOf, rendezvousOf } from '../../support/code-services.js';
import { validateStripe } from '../../support/schema.js';
import { startTestTender, type TestTender } from '../../support/tender.js';
import { keyOf, type TestKey } from '../../support/wallets.js';
import { bill, exact, partial } from './request-desk.js';

let tender: TestTender;

beforeAll(async () => {
  tender = await startTestTender();
});
afterEach(async () => {
  expect(await audit(tender.store)).toEqual([]);
});
afterAll(async () => {
  await tender.stop();
  expect(tender.errors).toEqual([]);
});

let orders = 0;

/** A rendezvous that nobody has used before; what its payload says is the wallet's to check. */
function newRendezvous(): TestKey {
  orders += 1;
  const nonce = nonceOf(`intents-${process.pid}-${orders}`);
  return rendezvousOf({ kind: 'request_payment', currency: 'usd', hundredths: 1000n, nonce });
}

/** Asks for a payment as the clients of the first generation do. */
async function createIntent(at: TestKey, message: ReturnType<typeof bill> = bill()) {
  const inner = create(RequestToReceiveBillSchema, message.kind.value);
  const body = {
    intent: at.address,
    message: Buffer.from(toBinary(RequestToReceiveBillSchema, inner)).toString('base64url'),
    signature: toBase58(at.sign(messageBytes(message))),
    webhook: null,
  };
  const response = await fetch(`${tender.url}/v1/createIntent`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return response.json();
}

const statusOf = async ({ address }: TestKey) =>
  (await fetch(`${tender.url}/v1/getStatus?intent=${address}`)).json();

/** The Stripe intent of a rendezvous. */
async function intentOf({ address }: TestKey): Promise<string> {
  const requests = await tender.store.scan('requests', null, 100);
  const intent = requests.find(({ id }) => id === address)?.intent;
  if (!intent) throw new Error(`no intent for ${address}`);
  return intent;
}

const PENDING = { success: true, status: 'PENDING' };

describe('a request, seen by the official Stripe client', () => {
  test('is a payment intent, with its event', async () => {
    const stripe = tender.client('tender');
    const at = newRendezvous();
    expect(await createIntent(at)).toEqual({ success: true });
    const intent = await stripe.paymentIntents.retrieve(await intentOf(at));
    expect(validateStripe(intent)).toEqual([]);
    expect(intent).toMatchObject({
      amount: 1000,
      currency: 'usd',
      status: 'requires_payment_method',
      payment_method_types: ['crypto', 'card'],
      capture_method: 'automatic',
    });
    const { data } = await stripe.events.list({ type: 'payment_intent.created', limit: 1 });
    expect(data).toMatchObject([{ data: { object: { id: intent.id } } }]);
    expect(validateStripe(data[0])).toEqual([]);
  });

  test('has the smallest units of its currency', async () => {
    const stripe = tender.client('tender');
    const amountOf = async (message: ReturnType<typeof bill>) => {
      const at = newRendezvous();
      expect(await createIntent(at, message)).toEqual({ success: true });
      const { amount, currency } = await stripe.paymentIntents.retrieve(await intentOf(at));
      return [amount, currency];
    };
    expect(await amountOf(partial('jpy', 500))).toEqual([500, 'jpy']);
    expect(await amountOf(partial('usd', 0.07))).toEqual([7, 'usd']);
    expect(await amountOf(exact(5000, 500_000_000n))).toEqual([500_000_000, 'kin']);
  });

  test('is canceled by it, and then over for wallets, too', async () => {
    const stripe = tender.client('tender');
    const at = newRendezvous();
    await createIntent(at);
    const id = await intentOf(at);
    const canceled = await stripe.paymentIntents.cancel(id);
    expect(canceled.status).toBe('canceled');
    expect(await statusOf(at)).toEqual(PENDING);
    // Sent again it is the same request, which is as canceled as before.
    expect(await createIntent(at)).toEqual({ success: true });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('canceled');
  });

  test('expires after a day', async () => {
    const stripe = tender.client('tender');
    const at = newRendezvous();
    await createIntent(at);
    const id = await intentOf(at);
    await tender.advance(24 * 3600 - 60);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_payment_method');
    await tender.advance(120);
    const expired = await stripe.paymentIntents.retrieve(id);
    expect(expired).toMatchObject({ status: 'canceled', cancellation_reason: 'expired' });
    expect(validateStripe(expired)).toEqual([]);
    expect(await statusOf(at)).toEqual(PENDING);
  });
});

test('a destination that is claimed makes its requests the merchant’s', async () => {
  const till = keyOf(`till ${process.pid}`);
  const place = `${tender.url}/admin/code/destinations/${till.address}`;
  const headers = { authorization: 'Bearer sk_test_florist' };
  const claimed = await fetch(place, { method: 'PUT', headers });
  expect(claimed.status).toBe(200);
  const at = newRendezvous();
  const requestorAccount = { value: till.bytes };
  expect(await createIntent(at, bill({ requestorAccount }))).toEqual({ success: true });
  const id = await intentOf(at);
  const found = await tender.client('florist').paymentIntents.retrieve(id);
  expect(found.id).toBe(id);
  const elsewhere = tender.client('tender').paymentIntents.retrieve(id);
  await expect(elsewhere).rejects.toMatchObject({ code: 'resource_missing' });
});
