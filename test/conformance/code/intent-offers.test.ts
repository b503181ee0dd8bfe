import { createHash } from 'node:crypto';
import { paymentIntents } from '@code-wallet/client';
import { Keypair } from '@code-wallet/keys';
import type Stripe from 'stripe';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SocketConstructor } from '../../../sdk/wallet/envelope.js';
import { keysFromPhrase, newPhrase } from '../../../sdk/wallet/keys.js';
import { parseScanned } from '../../../sdk/wallet/scan.js';
import { connect } from '../../../sdk/wallet/wallet.js';
import { accountNamed } from '../../../src/api/auth.js';
import type { IntentCode } from '../../../src/api/code/offer-intent.js';
import { nodeCurve } from '../../../src/cli/wallet-curve.js';
import { audit } from '../../../src/engine/audit.js';
import { decodePayload } from '../../../src/wire/code/payload.js';
import { validateStripe } from '../../support/schema.js';
import { newName } from '../../support/tender.js';
import { newDojoShop, stripeId } from '../dojo/client.js';
import { shop } from './shop.js';
import type { Scanned } from './wallet.js';

/** Intents of other dialects, paid by a wallet of the published packages. */

const made = shop();

afterEach(async () => {
  expect(await audit(made.tender.store)).toEqual([]);
});

/** What a wallet makes of a code that it has read. */
function scannedOf({ payload }: IntentCode): Scanned {
  const seed = createHash('sha256').update(Buffer.from(payload, 'base64')).digest();
  const rendezvousKeypair = Keypair.fromSeed(new Uint8Array(seed));
  return { rendezvousKeypair, getIntentId: () => rendezvousKeypair.getPublicKey().toBase58() };
}

interface Merchant {
  readonly stripe: Stripe;
  /** An intent of five dollars, by Stripe; `over` says what a test cares about. */
  create(over?: Partial<Stripe.PaymentIntentCreateParams>): Promise<Stripe.PaymentIntent>;
  offer(intent: string): Promise<IntentCode | null>;
  /** The code of an intent that has one. */
  code(intent: string): Promise<IntentCode>;
}

function merchant(): Merchant {
  const name = newName();
  const stripe = made.tender.client(name);
  const account = accountNamed(name);
  const offer = (intent: string) => made.tender.offerIntent(account, intent);
  return {
    stripe,
    create: (over = {}) => stripe.paymentIntents.create({ amount: 500, currency: 'usd', ...over }),
    offer,
    code: async (intent) => {
      const code = await offer(intent);
      if (code === null) throw new Error('no code');
      return code;
    },
  };
}

const statusOf = (intent: string) =>
  paymentIntents.getStatus({ intent, endpoint: made.endpoint } as never);

describe('the code of a Stripe intent', () => {
  test('is paid by a published wallet, and the merchant has the money', async () => {
    const { stripe, create, code } = merchant();
    const intent = await create();
    const shown = await code(intent.id);
    expect(await statusOf(shown.id)).toMatchObject({ status: 'pending', exists: true });
    const wallet = await made.wallet();
    const scanned = scannedOf(shown);
    expect(scanned.getIntentId()).toBe(shown.id);
    expect((await wallet.scan(scanned)).map(({ kind }) => kind.case)).toEqual([
      'requestToReceiveBill',
      'codeScanned',
    ]);
    expect(await wallet.pay(scanned)).toBeNull();
    expect(await statusOf(shown.id)).toMatchObject({ status: 'confirmed' });
    const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 500 });
    expect(paid.latest_charge).toMatchObject({
      payment_method_details: { type: 'crypto', crypto: { buyer_address: wallet.address } },
    });
    expect(validateStripe(JSON.parse(JSON.stringify(paid)))).toEqual([]);
    const balance = await stripe.balance.retrieve();
    expect(balance.available).toEqual([expect.objectContaining({ amount: 500, currency: 'usd' })]);
    const { data } = await stripe.events.list({ type: 'payment_intent.succeeded' });
    expect(data).toHaveLength(1);
    const held = await wallet.balance();
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    expect(refund).toMatchObject({ status: 'succeeded', destination_details: { type: 'crypto' } });
    expect(await wallet.balance()).toBe(held + 50_000_000_000n);
  });

  test('is what its payload and drawing say, and opens the wallet by its link', async () => {
    const { create, code } = merchant();
    const shown = await code((await create()).id);
    const payload = Buffer.from(shown.payload, 'base64');
    expect(decodePayload(payload)).toMatchObject({
      kind: 'request_payment',
      currency: 'usd',
      hundredths: 500n,
    });
    expect(shown.svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<\/svg>$/);
    expect(shown.walletUrl).toMatch(/\/wallet#\/p=[\w-]{27}$/);
    expect(shown.walletUrl.startsWith(made.tender.url)).toBe(true);
    expect(Buffer.from((await parseScanned(shown.walletUrl)).payload)).toEqual(payload);
  });

  test("is believed and paid by Tender's own wallet", async () => {
    const { stripe, create, code } = merchant();
    const intent = await create({ amount: 1000, currency: 'jpy' });
    const shown = await code(intent.id);
    const keys = await keysFromPhrase(newPhrase(), nodeCurve);
    const socket = WebSocket as unknown as SocketConstructor;
    const wallet = await connect({ url: made.tender.url, keys, WebSocket: socket });
    await wallet.faucet();
    const offer = await wallet.read((await parseScanned(shown.walletUrl)).payload);
    if (offer.kind !== 'payment') throw new Error('no payment');
    expect(offer).toMatchObject({ currency: 'jpy', amount: 1000, site: null });
    await wallet.pay(offer);
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'succeeded',
      amount_received: 1000,
    });
    await expect(wallet.read(offer.payload)).rejects.toMatchObject({ code: 'paid' });
  });

  test('is the same for the same sum, and another for another', async () => {
    const { stripe, create, code } = merchant();
    const intent = await create();
    const first = await code(intent.id);
    expect(await code(intent.id)).toEqual(first);
    await stripe.paymentIntents.update(intent.id, { amount: 700 });
    const second = await code(intent.id);
    expect(second.id).not.toBe(first.id);
    const wallet = await made.wallet();
    expect(await wallet.pay(scannedOf(first))).toMatch('payment request was canceled');
    expect(await wallet.pay(scannedOf(second))).toBeNull();
    expect((await stripe.paymentIntents.retrieve(intent.id)).amount_received).toBe(700);
  });

  test('is another for the same sum of another intent', async () => {
    const { create, code } = merchant();
    const codes = await Promise.all([create(), create()].map(async (one) => code((await one).id)));
    expect(codes[0]?.id).not.toBe(codes[1]?.id);
  });

  test('is over for the wallet once the amount has changed, or a card has paid', async () => {
    const { stripe, create, code } = merchant();
    const keys = await keysFromPhrase(newPhrase(), nodeCurve);
    const socket = WebSocket as unknown as SocketConstructor;
    const wallet = await connect({ url: made.tender.url, keys, WebSocket: socket });
    const intent = await create();
    const old = Buffer.from((await code(intent.id)).payload, 'base64');
    await stripe.paymentIntents.update(intent.id, { amount: 700 });
    await expect(wallet.read(old)).rejects.toMatchObject({ code: 'over' });
    const now = await code(intent.id);
    await stripe.paymentIntents.confirm(intent.id, {
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.example',
    });
    await expect(wallet.read(Buffer.from(now.payload, 'base64'))).rejects.toMatchObject({
      code: 'paid',
    });
    expect(await (await made.wallet()).pay(scannedOf(now))).toMatch('intent already exists');
  });

  test('is paid by the clock of its customer', async () => {
    const { stripe, create, code } = merchant();
    const frozen = Math.floor(Date.now() / 1000) + 86_400 * 30;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: frozen });
    const customer = await stripe.customers.create({ test_clock: clock.id });
    const intent = await create({ customer: customer.id });
    expect(await (await made.wallet()).pay(scannedOf(await code(intent.id)))).toBeNull();
    const { latest_charge: charge } = await stripe.paymentIntents.retrieve(intent.id, {
      expand: ['latest_charge'],
    });
    expect(charge).toMatchObject({ created: frozen, customer: customer.id });
  });

  test('has an address that other merchants cannot claim, nor its own give back', async () => {
    const name = newName();
    const account = accountNamed(name);
    const intent = await made.tender
      .client(name)
      .paymentIntents.create({ amount: 500, currency: 'usd' });
    expect(await made.tender.offerIntent(account, intent.id)).not.toBeNull();
    const [claim] = (await made.tender.store.scan('destinations', null, 1000)).filter(
      ({ merchant: whose }) => whose === account,
    );
    expect(claim?.proof).toBe('ledger');
    const call = async (method: string, by: string): Promise<number> => {
      const url = `${made.tender.url}/admin/code/destinations/${claim?.id}`;
      const headers = { authorization: `Bearer sk_test_${by}` };
      return (await fetch(url, { method, headers })).status;
    };
    expect(await call('PUT', newName())).toBe(409);
    expect(await call('DELETE', name)).toBe(404);
  });
});

describe('the code of a Dojo intent', () => {
  test('is paid by a published wallet, tip and all, and can be reversed', async () => {
    const faults: string[] = [];
    const { dojo, stripe, name, newIntent } = newDojoShop(made.tender, faults);
    const { id } = await newIntent({
      amount: { value: 1000, currencyCode: 'EUR' },
      tipsAmount: { value: 150, currencyCode: 'EUR' },
    });
    const shown = await made.tender.offerIntent(accountNamed(name), stripeId(id));
    if (shown === null) throw new Error('no code');
    expect(decodePayload(Buffer.from(shown.payload, 'base64'))).toMatchObject({
      currency: 'eur',
      hundredths: 1150n,
    });
    expect(await (await made.wallet()).pay(scannedOf(shown))).toBeNull();
    const { body } = await dojo.get(`/payment-intents/${id}`);
    expect(body).toMatchObject({ status: 'Captured', totalAmount: { value: 1150 } });
    expect(body.paymentEvents).toMatchObject([{ eventType: 'Captured' }]);
    expect(await stripe.paymentIntents.retrieve(stripeId(id))).toMatchObject({
      status: 'succeeded',
      amount_received: 1150,
    });
    const balance = await stripe.balance.retrieve();
    expect(balance.available).toContainEqual(
      expect.objectContaining({ amount: 1150, currency: 'eur' }),
    );
    // The same day it can be undone whole, and that is then all.
    expect((await dojo.post(`/payment-intents/${id}/reversal`)).status).toBe(200);
    const key = { idempotencyKey: 'back' };
    const refund = await dojo.post(`/payment-intents/${id}/refunds`, { amount: 1 }, key);
    expect(refund.status).toBe(409);
    expect((await dojo.get(`/payment-intents/${id}`)).body.status).toBe('Reversed');
    expect(faults).toEqual([]);
  });

  test('is over once the customer changes the tip, or the intent is voided', async () => {
    const { dojo, name, newIntent } = newDojoShop(made.tender, []);
    const { id } = await newIntent({ config: { payment: { tipsAllowed: true } } });
    const offer = () => made.tender.offerIntent(accountNamed(name), stripeId(id));
    const before = await offer();
    const tip = { tipsAmount: { value: 100, currencyCode: 'GBP' } };
    expect((await dojo.post(`/payment-intents/${id}/tips-amount`, tip)).status).toBe(200);
    const after = await offer();
    if (before === null || after === null) throw new Error('no code');
    const wallet = await made.wallet();
    expect(await wallet.pay(scannedOf(before))).toMatch('payment request was canceled');
    expect((await dojo.del(`/payment-intents/${id}`)).status).toBe(200);
    expect(await wallet.pay(scannedOf(after))).toMatch('payment request was canceled');
    expect(await offer()).toBeNull();
  });
});

describe('an intent without a code', () => {
  test.each<[string, Partial<Stripe.PaymentIntentCreateParams>]>([
    ['is to be held', { capture_method: 'manual' }],
    ['is for more than a wallet may pay', { amount: 25_001 }],
    ['is for less than a wallet may pay', { amount: 50, currency: 'idr' }],
    ['is in a currency that wallets have no rate for', { amount: 5000, currency: 'lsl' }],
  ])('%s', async (_, over) => {
    const { create, offer } = merchant();
    expect(await offer((await create(over)).id)).toBeNull();
  });

  test('is canceled, paid, or not there', async () => {
    const { stripe, create, offer } = merchant();
    const canceled = await create();
    await stripe.paymentIntents.cancel(canceled.id);
    expect(await offer(canceled.id)).toBeNull();
    const paid = await create({
      confirm: true,
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.example',
    });
    expect(await offer(paid.id)).toBeNull();
    expect(await offer('pi_none')).toBeNull();
    const theirs = await merchant().create();
    expect(await offer(theirs.id)).toBeNull();
  });
});
