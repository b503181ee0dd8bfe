import {
  encode,
  LoginRequestIntent,
  PaymentRequestIntent,
  TipRequestIntent,
} from '@code-wallet/intents';
import { Keypair } from '@code-wallet/keys';
import { describe, expect, test } from 'vitest';
import { confirmUrl, parseScanned } from './scan.js';

const destination = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
const pair = Keypair.fromSeed(new Uint8Array(32).fill(7));
const login = { domain: 'example.com', verifier: pair.getPublicKey().toBase58() };
const payment = { mode: 'payment', destination, amount: 0.05, currency: 'usd' } as const;
const fees = [{ destination: login.verifier, basisPoints: 100 }];
const platform = { name: 'x', username: 'getcode' };

/** What the published client makes of options, and the options with their client secret. */
// biome-ignore lint/suspicious/noExplicitAny: the three classes share no type
function made(Intent: new (options: any) => any, options: object) {
  const intent = new Intent({ ...options, idempotencyKey: 'order-1', signers: [pair] });
  return {
    payload: new Uint8Array(intent.rendezvousPayload.toBinary()),
    options: { ...options, clientSecret: intent.getClientSecret() as string },
  };
}

const bill = made(PaymentRequestIntent, payment);
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const base64Url = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const modal = (options: object, mode = 'payment', head = 'codewallet://sdk.getcode.com'): string =>
  `${head}/v1/elements/${mode}-request-modal-mobile/#/k3j2h/p=${encode(options as never)}`;

describe('what a camera or a person gives', () => {
  test.each<[string, string | Uint8Array]>([
    ['the bytes', bill.payload],
    ['base64', base64(bill.payload)],
    ['base64 for URLs', base64Url(bill.payload)],
    ['the text as bytes, with spaces', new TextEncoder().encode(` ${base64Url(bill.payload)}\n`)],
    ['a link to this wallet', `https://192.168.1.5:4402/#/p=${base64Url(bill.payload)}`],
    ['a link to this wallet with options', `http://localhost:4402/#/p=${encode(bill.options)}`],
    ['the link of a modal', modal(bill.options)],
    ['the same on the web', modal(bill.options, 'payment', 'https://sdk.getcode.com')],
    ['a page on a desktop', modal(bill.options).replace('modal-mobile', 'page-desktop')],
    ['a donation', modal({ ...bill.options, mode: 'donation' })],
    ['capitals', modal({ ...bill.options, currency: 'USD' })],
    ['a scheme in capitals', modal(bill.options, 'payment', 'CODEWALLET://sdk.getcode.com')],
    [
      'a link that wraps another',
      `https://jump.getcode.com/#source=${encodeURIComponent(modal(bill.options))}`,
    ],
    ['a login in the payment', modal({ ...bill.options, login })],
  ])('leads to the payload: %s', async (_, scanned) => {
    const found = await parseScanned(scanned);
    expect(found.payload).toEqual(bill.payload);
    expect([found.successUrl, found.cancelUrl]).toEqual([null, null]);
  });

  test.each([
    ['fees', PaymentRequestIntent, { ...payment, fees }],
    ['an empty list of fees', PaymentRequestIntent, { ...payment, fees: [] }],
    ['kin', PaymentRequestIntent, { ...payment, amount: 54_321.6789, currency: 'kin' }],
    ['a tie', PaymentRequestIntent, { ...payment, amount: 0.125 }],
    ['a login', LoginRequestIntent, { mode: 'login', login }],
    ['a tip', TipRequestIntent, { mode: 'tip', platform }],
    [
      'a long name',
      TipRequestIntent,
      { mode: 'tip', platform: { ...platform, username: 'bob_bennington1' } },
    ],
  ])('is what the published client makes of %s', async (_, Intent, options) => {
    const { payload, options: full } = made(Intent, options);
    expect((await parseScanned(modal(full))).payload).toEqual(payload);
  });

  test('may be a link to tip somebody', async () => {
    const { payload } = made(TipRequestIntent, { mode: 'tip', platform });
    for (const link of [
      'https://tipcard.getcode.com/x/getcode',
      'codewallet://getcode/x/getcode',
    ]) {
      expect((await parseScanned(link)).payload).toEqual(payload);
    }
  });

  test('may say where to go afterwards, but only on the web', async () => {
    const confirmParams = {
      success: { url: 'https://shop.example/done/{{INTENT_ID}}?a=é' },
      cancel: { url: 'http://localhost:3000/cart' },
    };
    const found = await parseScanned(modal({ ...bill.options, confirmParams }));
    expect(found.successUrl).toBe(confirmParams.success.url);
    expect(found.cancelUrl).toBe(confirmParams.cancel.url);
    const id = 'gT36whW8h6uWVf2azkwAnjMbVEnjja4qFNSdw93ukS2';
    expect(confirmUrl(confirmParams.success.url, id)).toBe(`https://shop.example/done/${id}?a=é`);
    for (const url of [
      'javascript:alert(1)',
      'javascript://a.example/%0aalert(1)',
      'data:text/html,x',
      '//shop.example',
      'https://',
      7,
    ]) {
      const evil = { success: { url }, cancel: { url } };
      const { successUrl, cancelUrl } = await parseScanned(
        modal({ ...bill.options, confirmParams: evil }),
      );
      expect([successUrl, cancelUrl]).toEqual([null, null]);
    }
  });
});

describe('what is no code', () => {
  test.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['a scheme and nothing more', 'codewallet:'],
    ['a name that is no text', modal({ mode: 'tip', platform: { username: { toString: 1 } } })],
    ['a secret that is no text', modal({ ...bill.options, clientSecret: { toString: 1 } })],
    ['words', 'pay me please'],
    ['a page', 'https://shop.example/cart#top'],
    ['too few bytes', bill.payload.subarray(1)],
    ['a kind that there is not', new Uint8Array(20).fill(9)],
    ['a currency that there is not', new Uint8Array(20).fill(2).fill(255, 1)],
    ['far too much text', `https://x.example/#/p=${'a'.repeat(20_000)}`],
    ['base64 of no options', modal({}).replace(/p=.*/, 'p=AAAA')],
    ['options that are null', modal({}).replace(/p=.*/, 'p=bnVsbA')],
    ['a broken escape', 'https://x.example/#/p=%E0%A4%A'],
    ['no client secret', modal({ ...bill.options, clientSecret: undefined })],
    ['a client secret of another length', modal({ ...bill.options, clientSecret: 'abc' })],
    ['no amount', modal({ ...bill.options, amount: '0.05' })],
    ['an amount of nothing', modal({ ...bill.options, amount: 0.001 })],
    ['no currency', modal({ ...bill.options, currency: null })],
    ['an unknown currency', modal({ ...bill.options, currency: 'xyz' })],
    ['a name that is too long', 'https://getcode.com/x/a_very_long_user_name'],
    ['a link in a link in nothing', 'https://jump.getcode.com/#source=https%3A%2F%2Fx.example'],
  ])('is refused: %s', async (_, scanned) => {
    await expect(parseScanned(scanned)).rejects.toMatchObject({ code: 'unreadable' });
  });

  test.each(['https://cash.getcode.com/c/#/e=abc', 'https://app.getcode.com/login/#/e=abc'])(
    'says so of %s',
    async (link) => {
      await expect(parseScanned(link)).rejects.toMatchObject({ code: 'unsupported' });
    },
  );
});
