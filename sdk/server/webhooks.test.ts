import { describe, expect, test } from 'vitest';
import { WebhookError } from '../code/server/errors.js';
import { verifyDojoWebhook, verifyStripeWebhook } from './webhooks.js';

/** Dojo's published example. */
const DOJO = {
  secret: 'PDYkJQq6sESYHp_zJuTTBQ',
  body:
    '{"id":"evt_hnnHxIKR_Uy6bhZCusCltw","event":"payment_intent.created","accountId":"acc_test",' +
    '"createdAt":"2022-02-01T13:07:41.8667859Z","data":{"paymentIntentId":' +
    '"pi_vpwd4ooAPEqyNAQe4z89WQ","paymentStatus":"Created","captureMode":"Auto"}}',
  signature:
    'sha256=4B-49-F8-FE-25-A7-E6-7D-00-4F-A7-9C-F8-0B-63-00-C7-77-B4-F2-2D-E5-E1-22-84-FA-04-18-' +
    '50-A1-76-FD',
};

/** Made with `openssl dgst -sha256 -hmac whsec_test` over `1800000000.{"id":"evt_1"}`. */
const DIGEST = '45705be2a45ab5acdd1395cc695e9e7073125385ec24194921c401dff44176f8';
const STRIPE = {
  secret: 'whsec_test',
  body: '{"id":"evt_1"}',
  signature: `t=1800000000,v1=${DIGEST}`,
  nowMs: () => 1_800_000_000_000,
};

const wrong = expect.objectContaining({ message: 'the signature is wrong' });
const unreadable = expect.objectContaining({ message: expect.stringMatching(/can be read$/) });

describe('a webhook of Dojo', () => {
  test('is read as its published example', async () => {
    const event = await verifyDojoWebhook(DOJO);
    expect(event.data.paymentStatus).toBe('Created');
    const body = new TextEncoder().encode(DOJO.body);
    expect(await verifyDojoWebhook({ ...DOJO, body })).toEqual(event);
    expect(await verifyDojoWebhook({ ...DOJO, secret: ['other', DOJO.secret] })).toEqual(event);
  });

  test.each([
    ['another body', { body: `${DOJO.body} ` }, wrong],
    ['another secret', { secret: 'other' }, wrong],
    ['another signature', { signature: DOJO.signature.replace('4B', '4C') }, wrong],
    ['no signature', { signature: undefined }, unreadable],
    ['hex in one piece', { signature: DOJO.signature.replaceAll('-', '') }, unreadable],
    ['another algorithm', { signature: DOJO.signature.replace('256', '512') }, unreadable],
    ['more behind it', { signature: `${DOJO.signature}=` }, unreadable],
  ])('is not believed with %s', async (_, change, error) => {
    const reading = verifyDojoWebhook({ ...DOJO, ...change });
    await expect(reading).rejects.toThrow(WebhookError);
    await expect(reading).rejects.toEqual(error);
  });
});

describe('a webhook of Stripe', () => {
  test('is read within its time, by any of its signatures and secrets', async () => {
    expect(await verifyStripeWebhook(STRIPE)).toEqual({ id: 'evt_1' });
    const signature = `t=1800000000,v0=x,v1=${'0'.repeat(64)},v1=${DIGEST}`;
    const edge = { nowMs: () => 1_800_000_300_000 };
    expect(await verifyStripeWebhook({ ...STRIPE, signature, ...edge })).toEqual({ id: 'evt_1' });
    expect(await verifyStripeWebhook({ ...STRIPE, secret: ['a', 'whsec_test'] })).toEqual({
      id: 'evt_1',
    });
  });

  test.each([
    ['another body', { body: '{"id":"evt_2"}' }, wrong],
    ['another secret', { secret: 'whsec_other' }, wrong],
    ['another time', { signature: `t=1800000001,v1=${DIGEST}` }, wrong],
    ['no signature', { signature: null }, unreadable],
    ['no time', { signature: `v1=${DIGEST}` }, unreadable],
    ['an older scheme alone', { signature: `t=1800000000,v0=${DIGEST}` }, unreadable],
    ['a digest that is none', { signature: 't=1800000000,v1=zz' }, wrong],
    ['too many signatures', { signature: `t=1${`,v1=${DIGEST}`.repeat(11)}` }, unreadable],
  ])('is not believed with %s', async (_, change, error) => {
    const reading = verifyStripeWebhook({ ...STRIPE, ...change });
    await expect(reading).rejects.toThrow(WebhookError);
    await expect(reading).rejects.toEqual(error);
  });

  test.each([1_800_000_301_000, 1_799_999_699_000])('is not believed at %d ms', async (ms) => {
    const reading = verifyStripeWebhook({ ...STRIPE, nowMs: () => ms });
    await expect(reading).rejects.toThrow('signed too long ago, or in the future');
  });
});

test('an empty secret verifies nothing', async () => {
  for (const secret of ['', [], ['']]) {
    await expect(verifyStripeWebhook({ ...STRIPE, secret })).rejects.toThrow(RangeError);
    await expect(verifyDojoWebhook({ ...DOJO, secret })).rejects.toThrow(RangeError);
  }
});
