import {
  handleAction,
  type Kind,
  placeOfSecret,
  type Result,
  retrieveIntent,
  succeededWith,
} from './actions.js';
import { type Client, makeClient } from './api.js';
import { confirmElements, confirmWithMethod } from './confirm.js';
import { Elements } from './elements.js';
import { demand, IntegrationError } from './errors.js';
import { isObject, type Params, textOf } from './form.js';
import { createConfirmationToken, createPaymentMethod, createToken } from './methods.js';
import { tenderOrigin, trainOf } from './origin.js';

/** Only while the script runs for the first time is it known where it came from. */
const SCRIPT =
  document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : null;

/** Methods of one type each: `confirmCardPayment`, `confirmSepaDebitSetup` … */
const TYPED = { Card: 'card', SepaDebit: 'sepa_debit', UsBankAccount: 'us_bank_account' };

/** What Stripe.js has and Tender has not; each says so when it is called. */
const ABSENT = (
  'collectBankAccountForPayment collectBankAccountForSetup collectBankAccountToken ' +
  'collectFinancialConnectionsAccounts createEmbeddedCheckoutPage initCheckout ' +
  'initCheckoutElementsSdk initCheckoutFormSdk initEmbeddedCheckout initializePricing ' +
  'redirectToCheckout createEphemeralKeyNonce createSource retrieveSource processOrder ' +
  'retrieveOrder verifyIdentity createRadarSession'
).split(' ');

/** Types that Stripe.js can confirm and Tender cannot pay with. */
const ABSENT_TYPES = (
  'AcssDebit Affirm AfterpayClearpay Alipay AmazonPay AuBecsDebit BacsDebit Bancontact Billie ' +
  'Blik Boleto Cashapp CustomerBalance Eps Fpx Giropay GrabPay Ideal Klarna Konbini Mobilepay ' +
  'Multibanco Oxxo P24 PayByBank PayNow PayPal Pix PromptPay Sofort Swish Twint WechatPay'
).split(' ');

interface StripeObject {
  [method: string]: (...args: never[]) => unknown;
}

function clientOf(key: unknown, options: Params): Client {
  demand(
    typeof key === 'string' && key !== '',
    'Missing value for Stripe(): apiKey should be a string.',
  );
  demand(
    !/^(sk|rk)_/.test(key),
    'You should not use your secret key with Stripe.js. Please pass a publishable key instead.',
  );
  demand(/^pk_/.test(key), 'Invalid value for Stripe(): apiKey should be a publishable key.');
  const origin = tenderOrigin({
    option: options.apiBase,
    global: (globalThis as { TENDER_URL?: unknown }).TENDER_URL,
    meta: document.querySelector<HTMLMetaElement>('meta[name="tender-url"]')?.content ?? null,
    script: SCRIPT,
  });
  demand(
    origin !== null,
    'The script was not loaded from Tender, so it does not know where Tender is. Say it with ' +
      '<meta name="tender-url" content="https://…">, window.TENDER_URL or Stripe(key, {apiBase}).',
  );
  return makeClient({
    origin,
    publishableKey: key,
    stripeAccount: textOf(options, 'stripeAccount'),
    apiVersion: textOf(options, 'apiVersion'),
    locale: textOf(options, 'locale') ?? 'auto',
    fetch: (...args) => fetch(...args),
    // Not `randomUUID`: pages without HTTPS have none.
    newKey: () => crypto.getRandomValues(new Uint32Array(4)).join('-'),
  });
}

function intents(client: Client): StripeObject {
  const verify =
    (name: string, kind: Kind) =>
    (secret: unknown, data: unknown): Promise<Result> => {
      const place = placeOfSecret(secret, `stripe.${name}()`, kind);
      const sent = { ...(isObject(data) ? data : {}), client_secret: place.secret };
      return client
        .call('POST', `${place.path}/verify_microdeposits`, sent)
        .then((reply) => (reply.ok ? succeededWith(kind, reply.value) : { error: reply.error }));
    };
  return {
    confirmPayment: (options: unknown) => confirmElements(client, 'payment', options),
    confirmSetup: (options: unknown) => confirmElements(client, 'setup', options),
    retrievePaymentIntent: (secret: unknown) =>
      retrieveIntent(client, placeOfSecret(secret, 'stripe.retrievePaymentIntent()', 'payment')),
    retrieveSetupIntent: (secret: unknown) =>
      retrieveIntent(client, placeOfSecret(secret, 'stripe.retrieveSetupIntent()', 'setup')),
    handleCardAction: (secret: unknown) => {
      const place = placeOfSecret(secret, 'stripe.handleCardAction()', 'payment');
      return handleAction(client, place, 'handleCardAction');
    },
    handleNextAction: (options: unknown) => {
      demand(isObject(options), 'stripe.handleNextAction() takes an object with a clientSecret.');
      const place = placeOfSecret(options.clientSecret, 'stripe.handleNextAction()');
      return handleAction(client, place, 'handleNextAction');
    },
    verifyMicrodepositsForPayment: verify('verifyMicrodepositsForPayment', 'payment'),
    verifyMicrodepositsForSetup: verify('verifyMicrodepositsForSetup', 'setup'),
  };
}

function typed(client: Client): StripeObject {
  const methods: StripeObject = {};
  for (const [label, type] of Object.entries(TYPED)) {
    for (const kind of ['payment', 'setup'] as const) {
      const name = `confirm${label}${kind === 'payment' ? 'Payment' : 'Setup'}`;
      methods[name] = (...args: unknown[]) => confirmWithMethod(client, name, { kind, type }, args);
    }
  }
  return methods;
}

function absent(): StripeObject {
  const types = ABSENT_TYPES.flatMap((type) => [`confirm${type}Payment`, `confirm${type}Setup`]);
  const refusals = [...ABSENT, ...types].map((name) => [
    name,
    () => {
      throw new IntegrationError(`stripe.${name}() is not available: Tender does not offer it.`);
    },
  ]);
  return Object.fromEntries(refusals);
}

/** A payment request of a browser without wallets, which is what Tender's is. */
function paymentRequest(): Params {
  const request: Record<string, unknown> = {
    canMakePayment: async () => null,
    isShowing: () => false,
    show: () => {
      throw new IntegrationError('show() needs a canMakePayment() that resolves to a wallet.');
    },
    abort: () => {},
    update: () => {},
  };
  for (const name of ['on', 'once', 'off']) request[name] = () => request;
  return request;
}

/** `Stripe(publishableKey, options)`, with and without `new`. */
function Stripe(key: unknown, options?: unknown): StripeObject {
  const client = clientOf(key, isObject(options) ? options : {});
  return {
    ...absent(),
    ...typed(client),
    ...intents(client),
    elements: (given: unknown) => new Elements(client, isObject(given) ? given : {}),
    createPaymentMethod: (first: unknown, second: unknown, third: unknown) =>
      createPaymentMethod(client, first, second, third),
    createToken: (first: unknown, data: unknown) => createToken(client, first, data),
    createConfirmationToken: (given: unknown) => createConfirmationToken(client, given),
    paymentRequest,
    registerAppInfo: () => {},
    _registerWrapper: () => {},
  };
}

Stripe.version = trainOf(SCRIPT);

const page = globalThis as { Stripe?: unknown };
// Twice loaded, the first stays: elements of the one are none of the other.
page.Stripe ??= Stripe;
