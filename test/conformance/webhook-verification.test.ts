import { paymentIntents } from '@code-wallet/client';
import { PaymentRequestIntent } from '@code-wallet/intents';
import { afterEach, expect, test } from 'vitest';
import {
  verifyCodeWebhook,
  verifyDojoWebhook,
  verifyStripeWebhook,
} from '../../sdk/server/webhooks.js';
import { openJwtSink } from '../support/jwt-sink.js';
import { type Arrival, openSink } from '../support/sink.js';
import { newAddress, newOrder, shop } from './code/shop.js';
import { newDojoShop, ok } from './dojo/client.js';

/** The SDK's verification, against what a running server delivers. */

const made = shop();
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const sink of open.splice(0)) await sink.close();
});

const PAYMENT = {
  amount: 1000,
  currency: 'gbp',
  payment_method: 'pm_card_visa',
  confirm: true,
  ...({ payment_method_types: ['card'] } as object),
};

test('one payment is told to both dialects, and each of them is believed', async () => {
  const { stripe, dojo } = newDojoShop(made.tender, []);
  const [ours, theirs] = [await openSink(), await openSink()];
  open.push(ours, theirs);
  const endpoint = await stripe.webhookEndpoints.create({
    url: ours.url,
    enabled_events: ['payment_intent.succeeded'],
  });
  const events = ['payment_intent.status_updated'];
  const { secrets } = await ok(dojo.post('/webhooks', { url: theirs.url, events }));
  const { id } = await stripe.paymentIntents.create(PAYMENT);
  await Promise.all([ours.arrived(1), theirs.arrived(1)]);

  const [told] = ours.arrivals as [Arrival];
  const signature = String(told.headers['stripe-signature']);
  const signed = { body: told.body, signature, secret: endpoint.secret ?? '' };
  const event = await verifyStripeWebhook(signed);
  expect(event).toMatchObject({ type: 'payment_intent.succeeded', data: { object: { id } } });
  await expect(verifyStripeWebhook({ ...signed, body: `${told.body}\n` })).rejects.toThrow('wrong');

  const [thin] = theirs.arrivals as [Arrival];
  const dojoSigned = {
    body: thin.body,
    signature: String(thin.headers['dojo-signature']),
    secret: secrets[0].value,
  };
  const { data } = await verifyDojoWebhook(dojoSigned);
  expect(data).toMatchObject({ paymentIntentId: id.replace('pi_', 'pi_sandbox_') });
  await expect(verifyDojoWebhook({ ...dojoSigned, secret: 'x' })).rejects.toThrow('wrong');
});

test('a payment by wallet is believed by the published keys, and by the key alone', async () => {
  const sink = await openJwtSink();
  open.push(sink);
  const options = {
    mode: 'payment',
    destination: newAddress(),
    amount: 0.05,
    currency: 'usd',
    idempotencyKey: newOrder(),
    endpoint: made.endpoint,
    webhook: { url: sink.url },
  };
  const { id } = await paymentIntents.create(options as never);
  const wallet = await made.wallet();
  expect(await wallet.pay(new PaymentRequestIntent(options as never))).toBeNull();
  await sink.arrived(1);
  const jwt = sink.arrivals[0]?.jwt ?? '';
  const { endpoint } = made;
  const claims = await verifyCodeWebhook(jwt, { endpoint });
  expect(claims).toMatchObject({ intent: id, state: 'SUBMITTED', amount: 0.05 });
  const publicKey = await (await fetch(`${endpoint}/code/publicKey`)).text();
  expect(await verifyCodeWebhook(jwt, { publicKey })).toEqual(claims);
  const [head, body, signature = ''] = jwt.split('.');
  const forged = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  await expect(verifyCodeWebhook(forged, { publicKey })).rejects.toThrow('signature is wrong');
});
