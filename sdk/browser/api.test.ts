import { describe, expect, test } from 'vitest';
import { intentOf, makeClient } from './api.js';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

function clientThat(answers: readonly (object | Error)[], more = {}) {
  const sent: Sent[] = [];
  let keys = 0;
  const client = makeClient({
    origin: 'http://tender',
    publishableKey: 'pk_test_1',
    stripeAccount: null,
    apiVersion: null,
    locale: 'en',
    newKey: () => {
      keys += 1;
      return `key-${keys}`;
    },
    fetch: async (url, init) => {
      sent.push({ url: String(url), init: init ?? {} });
      const answer = answers[sent.length - 1];
      if (answer instanceof Error || answer === undefined) throw new TypeError('failed to fetch');
      return new Response(JSON.stringify(answer), { status: 'error' in answer ? 402 : 200 });
    },
    ...more,
  });
  return { client, sent };
}

const declined = {
  error: {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
    payment_intent: { id: 'pi_1' },
  },
};

describe('a call', () => {
  test('is a form with the key, the account and the version', async () => {
    const settings = { stripeAccount: 'acct_1', apiVersion: '2026-10-28.endive' };
    const { client, sent } = clientThat([{ id: 'pi_1' }], settings);
    const reply = await client.call('POST', 'payment_intents/pi_1/confirm', { a: { b: 1 } });
    expect(reply).toEqual({ ok: true, value: { id: 'pi_1' } });
    expect(sent[0]?.url).toBe('http://tender/v1/payment_intents/pi_1/confirm');
    expect(sent[0]?.init).toMatchObject({
      method: 'POST',
      body: 'a%5Bb%5D=1',
      headers: {
        Authorization: 'Bearer pk_test_1',
        'Stripe-Account': 'acct_1',
        'Stripe-Version': '2026-10-28.endive',
        'Content-Type': 'application/x-www-form-urlencoded',
      },
    });
  });

  test('that got lost is sent once more under the same key', async () => {
    const { client, sent } = clientThat([new Error(), { id: 'pi_1' }]);
    expect(await client.call('POST', 'tokens', {})).toMatchObject({ ok: true });
    const keys = sent.map(
      ({ init }) => (init.headers as Record<string, string>)['Idempotency-Key'],
    );
    expect(keys).toEqual(['key-1', 'key-1']);
  });

  test('that nobody answers is an error, no exception', async () => {
    const { client, sent } = clientThat([]);
    const reply = await client.call('GET', 'payment_intents/pi_1', { client_secret: 's' });
    expect(reply).toMatchObject({ ok: false, error: { type: 'api_connection_error' } });
    expect(sent.map(({ url }) => url)).toEqual([
      'http://tender/v1/payment_intents/pi_1?client_secret=s',
      'http://tender/v1/payment_intents/pi_1?client_secret=s',
    ]);
  });

  test('that is refused gives its error, with the text in the page’s language', async () => {
    const english = await clientThat([declined]).client.call('POST', 'x', {});
    expect(english).toEqual({ ok: false, error: declined.error });
    const french = await clientThat([declined], { locale: 'fr-CA' }).client.call('POST', 'x', {});
    expect(french).toEqual({
      ok: false,
      error: { ...declined.error, message: 'Votre carte ne dispose pas de fonds suffisants.' },
    });
  });
});

test.each([
  ['pi_1_secret_2', { kind: 'payment', id: 'pi_1', path: 'payment_intents/pi_1' }],
  ['seti_1_secret_2', { kind: 'setup', id: 'seti_1', path: 'setup_intents/seti_1' }],
  ['pi_1', null],
  ['cus_1_secret_2', null],
  ['pi_/../x_secret_2', null],
  [undefined, null],
])('a client secret %s opens its intent alone', (secret, expected) => {
  expect(intentOf(secret)).toEqual(expected);
});
