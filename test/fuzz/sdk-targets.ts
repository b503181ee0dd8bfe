import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { CodeError } from '../../sdk/code/server/errors.js';
import {
  verifyCodeWebhook,
  verifyDojoWebhook,
  verifyStripeWebhook,
  WebhookError,
} from '../../sdk/server/webhooks.js';
import { WalletError } from '../../sdk/wallet/errors.js';
import { parseScanned } from '../../sdk/wallet/scan.js';
import { keyPairOf } from '../../src/ed25519.js';
import { toBase58 } from '../../src/wire/code/base58.js';
import { encodePayload } from '../../src/wire/code/payload.js';
import { nearly, ODD_TEXTS } from './mutations.js';
import { demandOwn, slowTarget, type Target } from './target.js';

const SECRET = 'whsec_fuzz';
const SECONDS = 1_800_000_000;
const nowMs = (): number => SECONDS * 1000;
const BODY = '{"id":"evt_1","data":{"object":{"__proto__":{"x":1}}}}';

const hmac = (text: string): string => createHmac('sha256', SECRET).update(text).digest('hex');
const STRIPE = `t=${SECONDS},v1=${hmac(`${SECONDS}.${BODY}`)}`;
const DOJO = `sha256=${hmac(BODY)
  .toUpperCase()
  .replace(/..(?!$)/g, '$&-')}`;

const pair = keyPairOf(Buffer.alloc(32, 5));
const publicKey = toBase58(pair.publicKey);

function jwtOf(header: unknown, claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
  const head = `${part(header)}.${part(claims)}`;
  return `${head}.${pair.sign(Buffer.from(head)).toString('base64url')}`;
}

const JWT = jwtOf({ alg: 'EdDSA', kid: publicKey }, { iat: SECONDS, exp: SECONDS + 300, jti: 'a' });
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(...ODD_TEXTS),
  // What `String` and `+` throw at.
  fc.constantFrom({ toString: 1, valueOf: 1 }, [[{ toString: null }]]),
);

/** A receiver that believes the one message that was signed, and says no to the rest in its way. */
function receiver(
  name: string,
  inputs: fc.Arbitrary<{ body: string; signature: string }>,
  read: (sent: { body: string; signature: string }) => Promise<unknown>,
  isTrue: (sent: { body: string; signature: string }) => boolean,
): Target {
  return slowTarget(name, inputs, async (sent) => {
    try {
      await read(sent);
    } catch (error) {
      return demandOwn(error, WebhookError, CodeError);
    }
    return isTrue(sent);
  });
}

const signed = (signature: string) =>
  fc.record({
    body: fc.oneof(fc.constant(BODY), nearly(fc.constant(BODY))),
    signature: nearly(fc.constant(signature)),
  });

/** The same secret signs what is no event: only its form is wrong. */
const signedOdd = odd.map((value) => {
  const body = JSON.stringify(value) ?? '';
  return { body, signature: `t=${SECONDS},v1=${hmac(`${SECONDS}.${body}`)}` };
});

const isObject = (text: string): boolean => {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value);
};

const published = fc.oneof(
  odd,
  fc.record({
    keys: fc.array(
      fc.oneof(
        odd,
        fc.record({
          kty: fc.constant('OKP'),
          crv: fc.constant('Ed25519'),
          kid: fc.constantFrom(publicKey, 'other'),
          x: fc.constantFrom(pair.publicKey.toString('base64url'), ...ODD_TEXTS),
        }),
      ),
      { maxLength: 3 },
    ),
  }),
);
let shops = 0;

const payload = encodePayload({
  kind: 'request_payment',
  currency: 'usd',
  hundredths: 1000n,
  nonce: new Uint8Array(11).fill(3),
});
const options = fc
  .record(
    {
      mode: fc.oneof(fc.constantFrom('tip', 'login', 'payment'), odd),
      clientSecret: fc.oneof(fc.constant(toBase58(new Uint8Array(11).fill(4))), odd),
      currency: fc.oneof(fc.constant('usd'), odd),
      amount: fc.oneof(fc.double(), odd),
      fees: odd,
      platform: fc.oneof(odd, fc.record({ username: fc.oneof(fc.constant('alice'), odd) })),
      confirmParams: fc.oneof(odd, fc.record({ success: odd, cancel: fc.record({ url: odd }) })),
    },
    { requiredKeys: ['mode'] },
  )
  .map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'));
const base64 = Buffer.from(payload).toString('base64url');
const link = fc.oneof(
  fc.constantFrom(
    base64,
    `codewallet://app/payment-request-modal-mobile/#/ch/p=${base64}`,
    `https://jump.getcode.com/#source=${encodeURIComponent(`https://w.example/#/p=${base64}`)}`,
    'https://w.example/x/alice',
    'https://cash.getcode.com/c/#/e=abc',
    'codewallet:',
  ),
  options.map((packed) => `https://w.example/#/p=${packed}`),
);

/** Readers of the SDK, which run in shops and wallets. */
export const SDK_TARGETS: readonly Target[] = [
  receiver(
    'webhooks of Stripe',
    signed(STRIPE),
    (sent) => verifyStripeWebhook({ ...sent, secret: SECRET, nowMs }),
    ({ body, signature }) => body === BODY && signature.includes(STRIPE.slice(-64)),
  ),
  receiver(
    'webhooks of Stripe, signed and odd',
    signedOdd,
    (sent) => verifyStripeWebhook({ ...sent, secret: ['other', SECRET], nowMs }),
    ({ body }) => isObject(body),
  ),
  receiver(
    'webhooks of Dojo',
    signed(DOJO),
    (sent) => verifyDojoWebhook({ ...sent, secret: SECRET }),
    ({ body, signature }) => body === BODY && signature === DOJO,
  ),
  receiver(
    'webhooks of Code',
    nearly(fc.constant(JWT)).map((body) => ({ body, signature: '' })),
    ({ body }) => verifyCodeWebhook(body, { publicKey, nowMs }),
    // Base64 has several texts for the same last byte, and may stand between spaces.
    ({ body }) => body.trim().slice(0, JWT.lastIndexOf('.')) === JWT.slice(0, JWT.lastIndexOf('.')),
  ),
  slowTarget(
    'webhooks of Code, signed and odd, by keys that are odd',
    fc.tuple(fc.oneof(fc.constant({ alg: 'EdDSA', kid: publicKey }), odd), odd, published),
    async ([header, claims, keys]) => {
      shops += 1;
      const jwt = jwtOf(header, claims);
      const answer = async () => new Response(JSON.stringify(keys) ?? '');
      const endpoint = `https://shop${shops}.example/v1`;
      try {
        await verifyCodeWebhook(jwt, { endpoint, fetch: answer, nowMs });
      } catch (error) {
        demandOwn(error, WebhookError, CodeError);
      }
    },
  ),
  slowTarget('what a wallet scans', nearly(link), async (text) => {
    try {
      const { payload: read, successUrl } = await parseScanned(text);
      return read.length === 20 && (successUrl === null || /^https?:\/\//i.test(successUrl));
    } catch (error) {
      return demandOwn(error, WalletError);
    }
  }),
];
