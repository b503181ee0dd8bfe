import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { eventTypes, expanded, failure, PAID, useTender } from './shop.js';

const fixture = useTender();
const RETURN_URL = 'https://shop.example/back?cart=7';

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly location: URL | null;
}

/** Sends a form to the challenge page, as its buttons do. */
async function answer(url: string, value: string): Promise<Answered> {
  const reply = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ answer: value }),
    redirect: 'manual',
  });
  const location = reply.headers.get('location');
  const text = await reply.text();
  return { status: reply.status, text, location: location === null ? null : new URL(location) };
}

/** Where the customer is sent, by redirect or by the client's script. */
function challengeUrl({ next_action }: Stripe.PaymentIntent): string {
  const url =
    next_action?.redirect_to_url?.url ??
    (next_action?.use_stripe_sdk as { stripe_js?: string } | undefined)?.stripe_js;
  if (!url) throw new Error('nothing to be answered');
  return url;
}

function challenged(stripe: Stripe, more: object = {}): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    ...PAID,
    payment_method: 'pm_card_authenticationRequired',
    return_url: RETURN_URL,
    ...more,
  });
}

/** The page runs nothing and shows nothing that its policy does not name by its digest. */
function expectOnlyAllowed(html: string, policy: string): void {
  expect(policy).not.toContain('unsafe');
  const parts = [...html.matchAll(/<(script|style)>(.*?)<\/\1>/gs)];
  expect(parts.map(([, kind]) => kind)).toContain('style');
  for (const [, kind, text = ''] of parts) {
    const digest = createHash('sha256').update(text).digest('base64');
    const [directive] = policy.split(';').filter((one) => one.trim().startsWith(`${kind}-src`));
    expect(directive).toContain(`'sha256-${digest}'`);
  }
  expect(html.match(/<script/gi)?.length ?? 0).toBe(parts.filter(([, k]) => k === 'script').length);
}

describe('a challenge by redirect', () => {
  test('is shown, completed, and pays', async () => {
    const { stripe } = fixture.newShop();
    const intent = await challenged(stripe);
    const url = challengeUrl(intent);
    expect(intent).toMatchObject({
      status: 'requires_action',
      latest_charge: null,
      payment_method: expect.stringMatching(/^pm_/),
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: RETURN_URL, url } },
    });
    expect(url.startsWith(`${fixture.tender.url}/`)).toBe(true);
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toEqual([]);

    const page = await fetch(url);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('cache-control')).toContain('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(html).toContain('20.00 USD');
    expect(html).toContain('Complete authentication');
    expect(html).toContain('Fail authentication');
    expectOnlyAllowed(html, page.headers.get('content-security-policy') ?? '');

    const { status, location } = await answer(url, 'complete');
    expect(status).toBe(303);
    expect(location?.origin).toBe('https://shop.example');
    expect(Object.fromEntries(location?.searchParams ?? [])).toEqual({
      cart: '7',
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret,
      redirect_status: 'succeeded',
    });
    const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    expect(paid).toMatchObject({ status: 'succeeded', next_action: null });
    expect(expanded(paid.latest_charge).payment_method_details?.card).toMatchObject({
      electronic_commerce_indicator: '05',
      three_d_secure: { result: 'authenticated', authentication_flow: 'challenge' },
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'payment_intent.requires_action',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  test('that fails leaves the intent waiting for another method', async () => {
    const { stripe } = fixture.newShop();
    const intent = await challenged(stripe);
    const { location } = await answer(challengeUrl(intent), 'fail');
    expect(location?.searchParams.get('redirect_status')).toBe('failed');
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      latest_charge: null,
      next_action: null,
      last_payment_error: {
        code: 'payment_intent_authentication_failure',
        payment_method: { id: intent.payment_method },
        payment_method_type: 'card',
        type: 'invalid_request_error',
      },
    });
    expect(await eventTypes(stripe, 2)).toEqual(['payment_intent.payment_failed']);
  });

  test('is answered once, and only at its whole address', async () => {
    const { stripe } = fixture.newShop();
    const intent = await challenged(stripe);
    const url = challengeUrl(intent);
    const wrong = `${url.slice(0, -1)}${url.endsWith('x') ? 'y' : 'x'}`;
    expect((await fetch(wrong)).status).toBe(404);
    expect((await answer(wrong, 'complete')).status).toBe(404);
    expect((await answer(url, 'maybe')).status).toBe(400);
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_action');
    expect((await answer(url, 'complete')).status).toBe(303);
    const again = await answer(url, 'complete');
    expect(again.status).toBe(404);
    expect(again.text).toContain('Nothing to confirm here');
    expect((await fetch(url)).status).toBe(404);
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
  });

  test('is over when the intent is canceled or takes another card', async () => {
    const { stripe } = fixture.newShop();
    const canceled = await challenged(stripe);
    await stripe.paymentIntents.cancel(canceled.id);
    expect((await answer(challengeUrl(canceled), 'complete')).status).toBe(404);
    const other = await challenged(stripe);
    await stripe.paymentIntents.update(other.id, { payment_method: 'pm_card_visa' });
    expect((await answer(challengeUrl(other), 'complete')).status).toBe(404);
    expect((await stripe.paymentIntents.retrieve(other.id)).status).toBe('requires_confirmation');
  });

  test('leads to a hold where capture is manual', async () => {
    const { stripe } = fixture.newShop();
    const intent = await challenged(stripe, { capture_method: 'manual' });
    await answer(challengeUrl(intent), 'complete');
    const held = await stripe.paymentIntents.retrieve(intent.id);
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 2000 });
  });
});

describe('a challenge in the client', () => {
  test.each([
    ['asked for', { use_stripe_sdk: true }],
    ['for want of a return_url', { return_url: undefined }],
  ])('%s', async (_, more) => {
    const { stripe } = fixture.newShop();
    const intent = await challenged(stripe, more);
    expect(intent).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } },
    });
    expect(intent.next_action).not.toHaveProperty('redirect_to_url');
    const { status } = await answer(challengeUrl(intent), 'complete');
    expect([200, 303]).toContain(status);
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
  });
});

describe('manual confirmation', () => {
  test('asks to be confirmed again, and does not challenge twice', async () => {
    const { stripe } = fixture.newShop();
    const intent = await challenged(stripe, { confirmation_method: 'manual' });
    await answer(challengeUrl(intent), 'complete');
    const waiting = await stripe.paymentIntents.retrieve(intent.id);
    expect(waiting).toMatchObject({ status: 'requires_confirmation', next_action: null });
    expect(waiting.payment_method).toBe(intent.payment_method);
    const paid = await stripe.paymentIntents.confirm(intent.id);
    expect(paid.status).toBe('succeeded');
  });

  test('challenges again when the method is another', async () => {
    const { stripe } = fixture.newShop();
    const intent = await challenged(stripe, { confirmation_method: 'manual' });
    await answer(challengeUrl(intent), 'complete');
    const again = await stripe.paymentIntents.confirm(intent.id, {
      payment_method: 'pm_card_threeDSecure2Required',
    });
    expect(again.status).toBe('requires_action');
  });
});

describe('cards', () => {
  test.each([
    ['4000008260003178', 'insufficient_funds', 'Your card has insufficient funds.'],
    ['4000008400001629', 'generic_decline', 'Your card was declined.'],
  ])('%s is challenged, then declined', async (number, declineCode, message) => {
    const { stripe } = fixture.newShop();
    const method = await stripe.paymentMethods.create({
      type: 'card',
      card: { number, exp_month: 12, exp_year: 2040, cvc: '123' },
    });
    const intent = await challenged(stripe, { payment_method: method.id });
    expect(intent.status).toBe('requires_action');
    const { location } = await answer(challengeUrl(intent), 'complete');
    expect(location?.searchParams.get('redirect_status')).toBe('failed');
    const left = await stripe.paymentIntents.retrieve(intent.id);
    expect(left).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code: declineCode, message },
    });
    expect(left.latest_charge).toBe(left.last_payment_error?.charge);
    expect(await eventTypes(stripe, 2)).toEqual(['charge.failed', 'payment_intent.payment_failed']);
  });

  test('that need no challenge have one when it is asked for', async () => {
    const { stripe } = fixture.newShop();
    const card = { payment_method: 'pm_card_threeDSecureOptional' };
    expect((await challenged(stripe, card)).status).toBe('succeeded');
    const options = { payment_method_options: { card: { request_three_d_secure: 'any' } } };
    const asked = await challenged(stripe, { ...card, ...options });
    expect(asked).toMatchObject({ status: 'requires_action', ...options });
  });

  test('asked for when the intent was made, it is asked for when it is confirmed', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({
      ...PAID,
      confirm: false,
      payment_method: 'pm_card_threeDSecureOptional',
      payment_method_options: { card: { request_three_d_secure: 'any' } },
    });
    expect((await stripe.paymentIntents.confirm(id)).status).toBe('requires_action');
  });

  test('a confirmation of a challenged intent starts a new challenge', async () => {
    const { stripe } = fixture.newShop();
    const intent = await challenged(stripe);
    const again = await stripe.paymentIntents.confirm(intent.id, { return_url: RETURN_URL });
    expect(again.status).toBe('requires_action');
    expect(challengeUrl(again)).not.toBe(challengeUrl(intent));
    expect((await answer(challengeUrl(intent), 'complete')).status).toBe(404);
  });
});

test('error_on_requires_action refuses instead of asking', async () => {
  const { stripe } = fixture.newShop();
  const error = await failure(
    challenged(stripe, { error_on_requires_action: true, return_url: undefined }),
  );
  expect(error).toMatchObject({
    status: 402,
    type: 'card_error',
    code: 'authentication_required',
    payment_intent: { status: 'requires_payment_method', payment_method: null },
  });
  const text =
    'This payment required an authentication action to complete, but ' +
    '`error_on_requires_action` was set. ';
  expect(error.message.startsWith(text)).toBe(true);
});
