import { randomBytes } from 'node:crypto';
import { paymentIntents } from '@code-wallet/client';
import { encode } from '@code-wallet/intents';
import { Keypair } from '@code-wallet/keys';

/** What a recorded database holds, by the names that its shop knows. */
export interface Recorded {
  /** `sk_test_…` of it opens the account. */
  readonly keyName: string;
  /** Names of the scene: ids, and the webhook's secret. */
  readonly names: Readonly<Record<string, string>>;
}

/** What the scene is played on. */
export interface Stage {
  readonly url: string;
  /** A receiver of webhooks that answers. */
  readonly sink: string;
  arrived(count: number): Promise<void>;
  /** Whether this version has made a migration. */
  has(migration: string): boolean;
  /** Runs a command line of this version; answers what it printed. */
  tender(args: readonly string[]): Promise<string>;
}

type Fields = Record<string, string>;
type Body = Record<string, unknown>;

/** Opens an account of its own, in every dialect. */
const KEY_NAME = 'upgrade';
const VISA = { amount: '2000', currency: 'usd', payment_method: 'pm_card_visa', confirm: 'true' };
/** Nobody listens there: what goes to it waits for its next try. */
const DEAF = 'http://127.0.0.1:9/hooks';

/**
 * Works as shops of this version's time do: payments in every state, refunds, customers, webhooks
 * that arrive and that wait, and what later versions have added.
 */
export async function playScene(stage: Stage): Promise<Recorded> {
  const names: Record<string, string> = {};
  const keep = async (name: string, answer: Promise<Body>): Promise<string> => {
    const { id } = await answer;
    if (typeof id !== 'string')
      throw new Error(`${name} has no id: ${JSON.stringify(await answer)}`);
    names[name] = id;
    return id;
  };
  await playPayments(stage, keep, names);
  if (stage.has('0007-keys')) await playBanks(stage, keep);
  if (stage.has('0008-code')) await playWallet(stage, names);
  if (stage.has('0009-dojo')) await playDojo(stage, keep);
  // The first of each payment at least: that one was delivered is then in the rows.
  await stage.arrived(10);
  return { keyName: KEY_NAME, names };
}

type Keep = (name: string, answer: Promise<Body>) => Promise<string>;

async function post(
  url: string,
  path: string,
  fields: Fields = {},
  idempotencyKey: string = randomBytes(8).toString('hex'),
): Promise<Body> {
  const response = await fetch(`${url}/v1/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer sk_test_${KEY_NAME}`,
      'idempotency-key': idempotencyKey,
    },
    body: new URLSearchParams(fields),
  });
  const body = (await response.json()) as Body;
  const { payment_intent } = (body.error ?? {}) as { payment_intent?: Body };
  if (response.status === 402 && payment_intent !== undefined) return payment_intent;
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
  return body;
}

/** Pays one order; the same again is answered as it was the first time. */
export function payOrder(url: string, customer: string): Promise<Body> {
  const order = { ...VISA, customer, description: 'Seven', 'metadata[order]': '7' };
  return post(url, 'payment_intents', order, 'order-7');
}

async function playPayments(stage: Stage, keep: Keep, names: Record<string, string>) {
  const { url } = stage;
  const customer = await keep(
    'customer',
    post(url, 'customers', { email: 'ada@example.com', name: 'Ada', 'metadata[tier]': 'gold' }),
  );
  const endpoint = await post(url, 'webhook_endpoints', {
    url: stage.sink,
    'enabled_events[]': '*',
  });
  names.endpoint = String(endpoint.id);
  names.secret = String(endpoint.secret);
  await keep('deaf', post(url, 'webhook_endpoints', { url: DEAF, 'enabled_events[]': '*' }));
  const paid = await keep('paid', payOrder(stage.url, customer));
  await keep('refund', post(url, 'refunds', { payment_intent: paid, amount: '500' }));
  const manual = { ...VISA, capture_method: 'manual' };
  await keep('held', post(url, 'payment_intents', manual));
  const part = await keep('captured', post(url, 'payment_intents', manual));
  await post(url, `payment_intents/${part}/capture`, { amount_to_capture: '1500' });
  const declined = { ...VISA, payment_method: 'pm_card_chargeDeclined' };
  await keep('declined', post(url, 'payment_intents', declined));
  const challenged = { ...VISA, payment_method: 'pm_card_authenticationRequired' };
  const returned = { return_url: 'https://shop.example/back' };
  await keep('challenged', post(url, 'payment_intents', { ...challenged, ...returned }));
  await keep('created', post(url, 'payment_intents', { amount: '700', currency: 'eur' }));
  const canceled = await keep(
    'canceled',
    post(url, 'payment_intents', { amount: '800', currency: 'eur', customer }),
  );
  await post(url, `payment_intents/${canceled}/cancel`);
  await keep('method', post(url, 'payment_methods/pm_card_visa/attach', { customer }));
}

async function playBanks({ url }: Stage, keep: Keep) {
  const customer = await keep('saver', post(url, 'customers', { email: 'bea@example.com' }));
  const card = { payment_method: 'pm_card_visa', confirm: 'true' };
  await keep('setup', post(url, 'setup_intents', { customer, ...card }));
  const sale = { amount: '3000', currency: 'usd', ...card };
  const disputed = { ...sale, payment_method: 'pm_card_createDispute' };
  await keep('disputed', post(url, 'payment_intents', disputed));
  const debit = {
    'payment_method_types[]': 'sepa_debit',
    'payment_method_data[type]': 'sepa_debit',
    'payment_method_data[sepa_debit][iban]': 'DE89370400440532013000',
    'payment_method_data[billing_details][name]': 'Bea',
    'payment_method_data[billing_details][email]': 'bea@example.com',
    'mandate_data[customer_acceptance][type]': 'offline',
  };
  const euros = { amount: '4000', currency: 'eur', confirm: 'true', ...debit };
  await keep('processing', post(url, 'payment_intents', euros));
  const frozen_time = String(Math.floor(Date.now() / 1000));
  const clock = await keep('clock', post(url, 'test_helpers/test_clocks', { frozen_time }));
  const clocked = await keep('clocked', post(url, 'customers', { test_clock: clock }));
  await keep('clockedSale', post(url, 'payment_intents', { ...sale, customer: clocked }));
  const cash = { amount: '900', currency: 'eur' };
  await post(url, `test_helpers/customers/${customer}/fund_cash_balance`, cash);
  const given = { payment_method: 'pm_card_visa' };
  await keep('confirmation', post(url, 'test_helpers/confirmation_tokens', given));
}

/** A shop's request, paid by the wallet of this version's command line. */
async function playWallet(stage: Stage, names: Record<string, string>) {
  const { tender, url } = stage;
  await tender(['wallet', 'new']);
  await tender(['wallet', 'faucet']);
  const destination = Keypair.generate().getPublicKey().toBase58();
  const claimed = await fetch(`${url}/admin/code/destinations/${destination}`, {
    method: 'PUT',
    headers: { authorization: `Bearer sk_test_${KEY_NAME}` },
  });
  if (!claimed.ok) throw new Error(`the destination: ${await claimed.text()}`);
  for (const name of ['bill', 'openBill']) {
    const options = {
      ...{ mode: 'payment', amount: 0.05, currency: 'usd', endpoint: `${url}/v1` },
      ...{ destination, idempotencyKey: name },
    };
    const { clientSecret, id } = await paymentIntents.create(options as never);
    names[name] = String(id);
    if (name === 'openBill') continue;
    const shown = encode({ ...options, clientSecret, signers: [] } as never);
    const code = `codewallet://x/v1/elements/payment-request-modal-mobile/#/c/p=${shown}`;
    await tender(['wallet', 'pay', code, '--yes']);
  }
}

async function playDojo({ url }: Stage, keep: Keep) {
  const send = async (method: string, path: string, body: object): Promise<Body> => {
    const response = await fetch(`${url}/${path}`, {
      method,
      headers: {
        authorization: `Basic sk_sandbox_${KEY_NAME}`,
        version: '2025-09-10',
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  const amount = { value: 1000, currencyCode: 'GBP' };
  await keep('dojoIntent', send('POST', 'payment-intents', { amount, reference: 'Order 234' }));
}
