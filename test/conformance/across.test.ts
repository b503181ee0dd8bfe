import { createHash } from 'node:crypto';
import { paymentIntents } from '@code-wallet/client';
import {
  type ElementOptions,
  PaymentRequestIntent,
  type PaymentRequestOptions,
} from '@code-wallet/intents';
import { Keypair } from '@code-wallet/keys';
import { afterEach, describe, expect, test } from 'vitest';
import { makeCode } from '../../sdk/code/server/code.js';
import { accountNamed } from '../../src/api/auth.js';
import { audit } from '../../src/engine/audit.js';
import { claimDestination } from '../../src/engine/destinations.js';
import { openJwtSink } from '../support/jwt-sink.js';
import { run } from '../support/payments.js';
import { validateStripe } from '../support/schema.js';
import { byCard, NUMBERS, pageOf } from './checkout/page.js';
import { newAddress, newOrder, shop } from './code/shop.js';
import type { Scanned } from './code/wallet.js';
import { type DojoShop, newDojoShop, ok, problem, stripeId } from './dojo/client.js';

/** What is begun in one dialect and ended in another, by the clients of each. */

const made = shop();
const faults: string[] = [];

afterEach(async () => {
  expect(faults.splice(0)).toEqual([]);
  expect(await audit(made.tender.store)).toEqual([]);
});

const newShop = (): DojoShop => newDojoShop(made.tender, faults);

/** Has a wallet pay an intent by its code. Answers the wallet. */
async function payByWallet({ name }: DojoShop, intent: string) {
  const code = await made.tender.offerIntent(accountNamed(name), intent);
  const payload = Buffer.from(code?.payload ?? '', 'base64');
  const seed = createHash('sha256').update(payload).digest();
  const rendezvousKeypair = Keypair.fromSeed(new Uint8Array(seed));
  const getIntentId = () => rendezvousKeypair.getPublicKey().toBase58();
  const scanned: Scanned = { rendezvousKeypair, getIntentId };
  const wallet = await made.wallet();
  const before = await wallet.balance();
  expect(await wallet.pay(scanned)).toBeNull();
  return { wallet, before, rendezvous: getIntentId() };
}

const codeStatus = async (intent: string) =>
  (await paymentIntents.getStatus({ intent, endpoint: made.endpoint } as never)).status;

/** Asks for a payment by the published client, to an address of the shop's. */
async function ask({ name }: DojoShop, over: ElementOptions & { webhook?: { url: string } } = {}) {
  const destination = newAddress();
  await run(made.tender.engine, claimDestination(accountNamed(name), destination, 'key'));
  const options = {
    mode: 'payment',
    destination,
    amount: 5,
    currency: 'usd',
    idempotencyKey: newOrder(),
    endpoint: made.endpoint,
    ...over,
  } as ElementOptions & PaymentRequestOptions;
  const { id } = await paymentIntents.create(options as never);
  return { id, destination, page: pageOf(made.tender.url, id), options };
}

describe('an intent created by Stripe and paid by a wallet', () => {
  test('is refunded by Dojo, in parts, to that wallet', async () => {
    const merchant = newShop();
    const { stripe, dojo } = merchant;
    const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    const { wallet, before, rendezvous } = await payByWallet(merchant, intent.id);
    const path = `/payment-intents/${intent.id.replace('pi_', 'pi_sandbox_')}`;
    expect((await ok(dojo.get(path))).status).toBe('Captured');
    const back = (amount: number) =>
      ok(dojo.post(`${path}/refunds`, { amount }, { idempotencyKey: `back-${amount}` }));
    await back(200);
    const paid = before - 50_000_000_000n;
    expect(await wallet.balance()).toBe(paid + 20_000_000_000n);
    expect((await ok(dojo.get(path))).status).toBe('Captured');
    await back(300);
    expect(await wallet.balance()).toBe(before);
    expect((await ok(dojo.get(path))).status).toBe('Refunded');
    const { data } = await stripe.refunds.list({ payment_intent: intent.id });
    expect(data.map(({ amount, status }) => [amount, status])).toEqual([
      [300, 'succeeded'],
      [200, 'succeeded'],
    ]);
    for (const refund of data) {
      expect(refund.destination_details).toEqual({ type: 'crypto', crypto: { reference: null } });
      expect(validateStripe(JSON.parse(JSON.stringify(refund)))).toEqual([]);
    }
    const events = await stripe.events.list({ type: 'charge.refunded' });
    // Events tell the key as Dojo's client sent it, not what it is kept by.
    expect(events.data.map(({ request }) => request?.idempotency_key)).toEqual([
      'back-300',
      'back-200',
    ]);
    expect(await codeStatus(rendezvous)).toBe('confirmed');
    const [balance] = (await stripe.balance.retrieve()).available;
    expect(balance?.amount).toBe(0);
  });

  test('is reversed by Dojo on the same day', async () => {
    const merchant = newShop();
    const { stripe, dojo } = merchant;
    const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    const { wallet, before } = await payByWallet(merchant, intent.id);
    const path = `/payment-intents/${intent.id.replace('pi_', 'pi_sandbox_')}`;
    await ok(dojo.post(`${path}/reversal`));
    expect(await wallet.balance()).toBe(before);
    expect((await ok(dojo.get(path))).status).toBe('Reversed');
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
  });
});

describe('a request created by Code', () => {
  test('is paid by card at the checkout, told to who waits, refunded by Stripe', async () => {
    const sink = await openJwtSink();
    const merchant = newShop();
    const { id, page, destination, options } = await ask(merchant, { webhook: { url: sink.url } });
    const scanned = new PaymentRequestIntent(options);
    expect(await page.state()).toMatchObject({
      status: 'open',
      total: { value: 500, currency: 'usd' },
    });
    expect((await page.state()).methods).toContain('card');
    const declined = await page.done('pay', byCard(NUMBERS.declined));
    expect(declined).toMatchObject({ status: 'open' });
    expect(await codeStatus(id)).toBe('pending');
    expect(await page.done('pay', byCard())).toMatchObject({ status: 'paid' });
    expect(await codeStatus(id)).toBe('confirmed');
    await sink.arrived(1);
    const jwt = sink.arrivals[0]?.jwt ?? '';
    const { iat, exp, ...claims } = await makeCode({
      endpoint: made.endpoint,
    }).webhooks.verify(jwt);
    expect(claims).toEqual({
      amount: 5,
      currency: 'USD',
      destination,
      fees: 0,
      intent: id,
      state: 'SUBMITTED',
      jti: `${id}:submitted`,
    });
    const wallet = await made.wallet();
    const kinds = (await wallet.scan(scanned)).map(({ kind }) => kind.case);
    expect(kinds).toContain('intentSubmitted');
    expect(await wallet.pay(scanned)).not.toBeNull();
    const { stripe, dojo } = merchant;
    const [intent] = (await stripe.paymentIntents.list()).data;
    await stripe.refunds.create({ payment_intent: intent?.id ?? '' });
    const path = `/payment-intents/${intent?.id.replace('pi_', 'pi_sandbox_')}`;
    expect((await ok(dojo.get(path))).status).toBe('Refunded');
    expect(await codeStatus(id)).toBe('confirmed');
    await sink.close();
  });

  test('is paid by a card whose bank asks; meanwhile no wallet pays it', async () => {
    const { id, page, options } = await ask(newShop());
    const asked = await page.done('pay', byCard(NUMBERS.asks));
    const wallet = await made.wallet();
    expect(await wallet.pay(new PaymentRequestIntent(options))).not.toBeNull();
    const answer = new URLSearchParams({ answer: 'complete' });
    await fetch(`${made.tender.url}${asked.challenge?.url}`, { method: 'POST', body: answer });
    expect(await page.state()).toMatchObject({ status: 'paid' });
    expect(await codeStatus(id)).toBe('confirmed');
  });

  test('takes no card where it gives fees to others, or is in kin', async () => {
    const merchant = newShop();
    const fees = [{ destination: newAddress(), basisPoints: 100 }];
    for (const over of [{ fees }, { currency: 'kin', amount: 5000 }] as ElementOptions[]) {
      const { page } = await ask(merchant, over as never);
      expect(await page.state()).toMatchObject({ status: 'open', methods: [] });
      expect((await page.refused('pay', byCard(), 409)).code).toBe('method_unavailable');
    }
  });

  test('that a wallet has paid elsewhere is refunded from the ledger account, or not', async () => {
    const merchant = newShop();
    const { stripe, dojo } = merchant;
    const { options } = await ask(merchant);
    const wallet = await made.wallet();
    const before = await wallet.balance();
    expect(await wallet.pay(new PaymentRequestIntent(options))).toBeNull();
    const [intent] = (await stripe.paymentIntents.list()).data;
    const id = intent?.id ?? '';
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      statusCode: 400,
      code: 'balance_insufficient',
    });
    const path = `/payment-intents/${id.replace('pi_', 'pi_sandbox_')}`;
    const refund = () =>
      dojo.post(`${path}/refunds`, { amount: 500 }, { idempotencyKey: newOrder() });
    expect((await problem(refund(), 409)).detail).toContain('has not got');
    const other = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    await payByWallet(merchant, stripeId(other.id));
    await ok(refund());
    expect(await wallet.balance()).toBe(before);
  });
});
