import { paymentIntents } from '@code-wallet/client';
import fc from 'fast-check';
import Stripe from 'stripe';
import { beforeAll, expect, test } from 'vitest';
import { accountNamed } from '../../src/api/auth.js';
import { isFailure } from '../../src/domain/errors.js';
import { INSTALLATION } from '../../src/domain/rendezvous.js';
import { claimDestination } from '../../src/engine/destinations.js';
import { submitPayment } from '../../src/engine/submissions.js';
import { run } from '../support/payments.js';
import { countedByHand, rolledUp } from '../support/rollups.js';
import { fund, keyOf, payment, signedBy } from '../support/wallets.js';
import { newOrder } from './code/shop.js';
import { type DojoShop, stripeId, useDojo, type Wire } from './dojo/client.js';

/**
 * Random walks over all dialects of one account, on the same intents, paid by cards and wallets:
 * after each step they all tell the same of each intent, by the table of states, and the ledger has
 * moved what they say.
 */

/** How many, and from which seed: a longer search, or the one that failed, says otherwise. */
const { TENDER_WALKS: walks = '40', TENDER_WALK_SEED: seed = '5' } = process.env;
const STEPS = 15;

const fixture = useDojo();

type By = 'dojo' | 'stripe';
type Step =
  | {
      do: 'create';
      by: By | 'code';
      manual: boolean;
      amount: number;
      ends: 'Release' | 'Capture' | null;
    }
  | { do: 'pay'; at: number; card: keyof typeof CARDS }
  | { do: 'answer'; at: number; answer: 'complete' | 'fail' }
  | { do: 'capture'; at: number; by: By; part: number; final: boolean }
  | { do: 'cancel' | 'refund'; at: number; by: By; part: number }
  | { do: 'reverse' | 'scan'; at: number }
  | { do: 'tip'; at: number; amount: number }
  | { do: 'change'; at: number; by: By; amount: number }
  | { do: 'wait'; hours: number };

const CARDS = {
  approves: 'pm_card_visa',
  declines: 'pm_card_chargeDeclined',
  challenges: 'pm_card_threeDSecure2Required',
};

/** Which of the intents, that there are few of. */
const at = fc.nat(1);
const by = fc.constantFrom<By>('dojo', 'stripe');
const amount = fc.integer({ min: 100, max: 9_999 });
/** Of ten parts of what there is; more than ten is too much. */
const part = fc.constantFrom(3, 5, 10, 10, 10, 11);
const is = <T extends string>(name: T) => fc.constant(name);
const create = fc.record({
  do: is('create'),
  by: fc.constantFrom<By | 'code'>('dojo', 'dojo', 'stripe', 'stripe', 'code'),
  manual: fc.boolean(),
  amount,
  ends: fc.constantFrom<'Release' | 'Capture' | null>('Release', 'Capture', null),
});
const next: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: create },
  {
    weight: 5,
    arbitrary: fc.record({
      do: is('pay'),
      at,
      card: fc.constantFrom<keyof typeof CARDS>(
        ...(['approves', 'approves', 'approves', 'declines', 'challenges', 'challenges'] as const),
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: is('scan'), at }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: is('answer'),
      at,
      answer: fc.constantFrom<'complete' | 'fail'>('complete', 'fail'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: is('capture'), at, by, part, final: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: is('cancel'), at, by, part }) },
  { weight: 3, arbitrary: fc.record({ do: is('refund'), at, by, part }) },
  { weight: 2, arbitrary: fc.record({ do: is('reverse'), at }) },
  { weight: 1, arbitrary: fc.record({ do: is('tip'), at, amount: fc.nat(500) }) },
  { weight: 3, arbitrary: fc.record({ do: is('change'), at, by, amount }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: is('wait'), hours: fc.constantFrom(1, 13, 24, 170, 721) }),
  },
);
const walk = fc.tuple(create, fc.array(next, { minLength: STEPS - 1, maxLength: STEPS - 1 }));

/** An intent as every dialect shows it, with what Stripe has paid back of it. */
interface Seen {
  /** null where it has no code yet. */
  readonly code: string | null;
  readonly dojo: Wire;
  readonly stripe: Stripe.PaymentIntent;
  readonly refunded: number;
}

/** One account's walk, and what it has come by. */
interface Walk {
  readonly shop: DojoShop;
  readonly account: string;
  /** By Dojo's ids. */
  readonly ids: string[];
  readonly reversed: Set<string>;
  /** The rendezvous of the newest code of each. */
  readonly codes: Map<string, string>;
}

const EVERY_STATUS = ['Created', 'Authorized', 'Captured', 'Refunded', 'Reversed', 'Canceled'];
const EVERY_STEP = [
  ...['pay', 'scan', 'answer', 'tip', 'reverse'],
  ...['create by dojo', 'create by stripe', 'create by code', 'scan of a request'],
  ...['refund to a wallet', 'reverse to a wallet', 'pay of a request'],
  ...['capture', 'cancel', 'refund', 'change'].flatMap((step) =>
    ['dojo', 'stripe'].map((dialect) => `${step} by ${dialect}`),
  ),
];
const reached = new Set<string>();
const succeeded = new Set<string>();

async function seen({ shop, codes }: Walk, id: string): Promise<Seen> {
  const [{ body: dojo }, stripe, refunds, code] = await Promise.all([
    shop.dojo.get(`/payment-intents/${id}?returnCanceled=true`),
    shop.stripe.paymentIntents.retrieve(stripeId(id), { expand: ['latest_charge'] }),
    shop.stripe.refunds.list({ payment_intent: stripeId(id), limit: 100 }),
    codeStatus(codes.get(id)),
  ]);
  const standing = refunds.data.filter(({ status }) => status !== 'failed');
  const refunded = standing.reduce((sum, one) => sum + one.amount, 0);
  return { code, dojo, stripe, refunded };
}

/** What whoever asks by the code is told. */
async function codeStatus(rendezvous: string | undefined): Promise<string | null> {
  if (rendezvous === undefined) return null;
  const reply = await fetch(`${fixture.tender.url}/v1/getStatus?intent=${rendezvous}`);
  return ((await reply.json()) as { status: string }).status;
}

/** What Dojo is to call the state that Stripe tells. */
function statusFor({ stripe, refunded }: Seen, wasReversed: boolean): string {
  const charge = stripe.latest_charge as Stripe.Charge | null;
  switch (stripe.status) {
    case 'requires_capture':
      return stripe.amount_received > 0 ? 'Captured' : 'Authorized';
    case 'succeeded':
      if (wasReversed) return 'Reversed';
      return refunded === stripe.amount_received ? 'Refunded' : 'Captured';
    case 'canceled':
      return charge?.status === 'succeeded' ? 'Reversed' : 'Canceled';
    default:
      return 'Created';
  }
}

/** What an intent may become; what is not there stays as it is. */
const LEADS: Readonly<Record<string, readonly string[]>> = {
  Created: ['Authorized', 'Captured', 'Canceled'],
  Authorized: ['Captured', 'Reversed'],
  Captured: ['Refunded', 'Reversed'],
};

function expectAgreement(now: Seen, wasReversed: boolean): void {
  const { code, dojo, stripe, refunded } = now;
  if (code !== null) expect(code).toBe(stripe.status === 'succeeded' ? 'SUBMITTED' : 'PENDING');
  const taken = (dojo.captures ?? []).reduce(
    (sum: number, one: Wire) => sum + one.amount + (one.tipsAmount ?? 0),
    0,
  );
  const isManual = stripe.capture_method === 'manual';
  expect({
    status: dojo.status,
    captureMode: dojo.captureMode,
    total: dojo.totalAmount,
    sum: dojo.amount.value + (dojo.tipsAmount?.value ?? 0),
    refunded: dojo.refundedAmount,
    taken,
  }).toEqual({
    status: statusFor(now, wasReversed),
    captureMode: isManual ? 'Manual' : 'Auto',
    total: { value: stripe.amount, currencyCode: 'GBP' },
    sum: stripe.amount,
    refunded,
    taken: isManual ? stripe.amount_received : 0,
  });
}

/** The ledger has moved what the intents say, and nothing else. */
async function expectLedger({ account }: Walk, all: readonly Seen[]): Promise<void> {
  const { store, engine } = fixture.tender;
  const transfers = await store.page({ table: 'transfers', account, conditions: [], limit: 1000 });
  const moved = (kind: string, intent: string): number =>
    transfers
      .filter((one) => one.kind === kind && one.state === 'posted' && one.intent === intent)
      .reduce((sum, one) => sum + Number(one.amount), 0);
  for (const { stripe, refunded } of all) {
    expect(moved('capture', stripe.id)).toBe(stripe.amount_received);
    expect(moved('refund', stripe.id)).toBe(0 - refunded);
  }
  const total = (amountOf: (one: Seen) => number) =>
    all.reduce((sum, one) => sum + amountOf(one), 0);
  const balances = await engine.balances(account);
  const posted = (name: RegExp): number =>
    balances.reduce((sum, one) => sum + (name.test(one.ledgerAccount) ? Number(one.posted) : 0), 0);
  const pending = balances.find(({ ledgerAccount }) => ledgerAccount === 'network:card')?.pending;
  const income = total(({ stripe, refunded }) => stripe.amount_received - refunded);
  expect(posted(/./)).toBe(0);
  expect(posted(/^network:(card|wallet)$/)).toBe(0 - income);
  // What wallets have paid to the merchant's own address is there, and not on the balance.
  expect(posted(/^(merchant|fees|wallet:)/)).toBe(income);
  expect(Number(pending ?? 0n)).toBe(0 - total(({ stripe }) => stripe.amount_capturable));
}

/** Makes a call; answers whether it was done. Only the caller is ever to blame where it was not. */
async function isDone(call: Promise<{ status?: unknown; id?: string }>): Promise<boolean> {
  try {
    const { status } = await call;
    if (typeof status !== 'number') return true;
    expect(status).toBeLessThan(500);
    return status < 300;
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    expect(error.statusCode, error.message).toBeLessThan(500);
    return false;
  }
}

/** Asks for a payment as a shop with the published client does; the address is the merchant's. */
async function ask({ account, codes }: Walk, amount: number): Promise<string> {
  const { engine, store, url } = fixture.tender;
  const { address: destination } = keyOf(`the safe of ${account}`);
  await run(engine, claimDestination(account, destination, 'key'));
  const { id: rendezvous } = await paymentIntents.create({
    mode: 'payment',
    destination,
    amount: amount / 100,
    currency: 'gbp',
    idempotencyKey: newOrder(),
    endpoint: `${url}/v1`,
  } as never);
  const { rows } = await store.load(
    [{ table: 'requests', account: INSTALLATION, id: rendezvous }],
    [],
  );
  const id = String((rows[0] as { intent?: string }).intent).replace('pi_', 'pi_sandbox_');
  codes.set(id, rendezvous);
  return id;
}

function born(on: Walk, step: Extract<Step, { do: 'create' }>): Promise<string> {
  const { shop } = on;
  if (step.by === 'code') return ask(on, step.amount);
  if (step.by === 'stripe') {
    // The newest typings do not declare the types, which every server takes.
    const types: object = { payment_method_types: ['card'] };
    const created = shop.stripe.paymentIntents.create({
      amount: step.amount,
      currency: 'gbp',
      ...types,
      capture_method: step.manual ? 'manual' : 'automatic',
      ...(step.manual
        ? { payment_method_options: { card: { request_multicapture: 'if_available' as const } } }
        : {}),
    });
    return created.then(({ id }) => id.replace('pi_', 'pi_sandbox_'));
  }
  const created = shop.newIntent({
    amount: { value: step.amount, currencyCode: 'GBP' },
    captureMode: step.manual ? 'Manual' : 'Auto',
    config: { payment: { tipsAllowed: true, customAmountAllowed: true } },
    ...(step.manual && step.ends !== null
      ? { autoExpireAction: step.ends, autoExpireIn: '1.00:00:00' }
      : {}),
  });
  return created.then(({ id }) => id);
}

let orders = 0;
const wallet = keyOf('a wallet that walks');

/** Pays by the code of the intent, where it has one. */
async function scan({ account, codes }: Walk, id: string, minor: number) {
  const { engine, offerIntent } = fixture.tender;
  const offered = await offerIntent(account, stripeId(id));
  if (offered !== null) codes.set(id, offered.id);
  const codeId = codes.get(id);
  if (codeId === undefined) return { status: 409 };
  const destination = await engine.read(
    INSTALLATION,
    (need) => void need('requests', codeId),
    (rows) => rows.get('requests', codeId)?.terms?.destination ?? '',
  );
  const paid = payment(wallet, { ...wallet, address: destination });
  const asked = { codeId, currency: 'gbp', nativeAmount: minor / 100 };
  const end = await engine.background(
    submitPayment({ ...paid, ...signedBy(wallet, codeId), ...asked }),
  );
  return isFailure(end) ? { status: 409 } : end;
}

/** What a step does to an intent, by the dialect that it names. */
function call(
  on: Walk,
  step: Exclude<Step, { do: 'create' | 'wait' }>,
  id: string,
  { stripe: before, refunded }: Seen,
): Promise<{ status?: unknown; id?: string }> {
  const { dojo, stripe } = on.shop;
  const path = `/payment-intents/${id}`;
  const money = (value: number) => ({ value, currencyCode: 'GBP' });
  const share = (whole: number, parts: number) => Math.max(1, Math.floor((whole * parts) / 10));
  switch (step.do) {
    case 'pay':
      return stripe.paymentIntents.confirm(before.id, { payment_method: CARDS[step.card] });
    case 'scan':
      return scan(on, id, before.amount);
    case 'answer': {
      const url = (before.next_action?.use_stripe_sdk as Wire)?.stripe_js;
      if (url === undefined) return Promise.resolve({ status: 400 });
      return fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `answer=${step.answer}`,
      });
    }
    case 'capture': {
      const taken = share(before.amount_capturable, step.part);
      if (step.by === 'dojo') return dojo.post(`${path}/captures`, { amount: taken });
      return stripe.paymentIntents.capture(before.id, {
        amount_to_capture: taken,
        ...(step.final ? {} : { final_capture: false }),
      });
    }
    case 'cancel':
      return step.by === 'dojo' ? dojo.del(path) : stripe.paymentIntents.cancel(before.id);
    case 'refund': {
      const back = share(before.amount_received - refunded, step.part);
      if (step.by === 'stripe')
        return stripe.refunds.create({ payment_intent: before.id, amount: back });
      orders += 1;
      return dojo.post(`${path}/refunds`, { amount: back }, { idempotencyKey: `walk-${orders}` });
    }
    case 'reverse':
      return dojo.post(`${path}/reversal`);
    case 'tip':
      return dojo.post(`${path}/tips-amount`, { tipsAmount: money(step.amount) });
    case 'change':
      return step.by === 'dojo'
        ? dojo.post(`${path}/amount`, { amount: money(step.amount) })
        : stripe.paymentIntents.update(before.id, { amount: step.amount });
  }
}

/** What a step that was done proves. */
function namesOf(step: Exclude<Step, { do: 'create' | 'wait' }>, old: Seen): string[] {
  const names = ['by' in step ? `${step.do} by ${step.by}` : step.do];
  const charge = old.stripe.latest_charge as Stripe.Charge | null;
  const byWallet = charge?.payment_method_details?.type === 'crypto';
  if (byWallet && (step.do === 'refund' || step.do === 'reverse'))
    names.push(`${step.do} to a wallet`);
  const isRequest = old.stripe.payment_method_types.includes('crypto');
  if (isRequest && (step.do === 'scan' || step.do === 'pay')) names.push(`${step.do} of a request`);
  return names;
}

/** Takes one step; `before` is how the walk's intents were. */
async function take(on: Walk, step: Step, before: ReadonlyMap<string, Seen>): Promise<void> {
  if (step.do === 'create') {
    on.ids.push(await born(on, step));
    succeeded.add(`create by ${step.by}`);
    return;
  }
  if (step.do === 'wait') {
    await on.shop.advance(step.hours * 3600);
    return;
  }
  const id = on.ids[step.at % on.ids.length] ?? '';
  const old = before.get(id);
  if (old === undefined) throw new Error('an intent that was not looked at');
  const done = await isDone(call(on, step, id, old));
  if (done) for (const name of namesOf(step, old)) succeeded.add(name);
  if (done && step.do === 'reverse' && old.stripe.status === 'succeeded') on.reversed.add(id);
  // What is refused changes nothing; a decline is noted.
  if (!done && step.do !== 'pay' && step.do !== 'answer') expect(await seen(on, id)).toEqual(old);
}

beforeAll(async () => {
  await fund(fixture.tender.engine, wallet, 1n << 50n);
});

test(
  'all dialects and the ledger tell the same of every intent, whatever is done',
  async () => {
    const property = fc.asyncProperty(walk, async ([first, rest]) => {
      const shop = fixture.newShop();
      const on: Walk = {
        shop,
        account: accountNamed(shop.name),
        ids: [],
        reversed: new Set(),
        codes: new Map(),
      };
      let before = new Map<string, Seen>();
      for (const step of [first, ...rest]) {
        await take(on, step, before);
        const now = new Map<string, Seen>();
        for (const id of on.ids) now.set(id, await seen(on, id));
        for (const [id, one] of now) {
          expectAgreement(one, on.reversed.has(id));
          const { status } = one.dojo;
          reached.add(status);
          const old: string = before.get(id)?.dojo.status ?? 'Created';
          expect([old, ...(LEADS[old] ?? [])]).toContain(status);
        }
        await expectLedger(on, [...now.values()]);
        before = now;
        // After each step, so that what the dashboard shows misses none of them.
        await fixture.tender.engine.rollUp(on.account, 10);
      }
      const { store } = fixture.tender;
      expect(await rolledUp(store, on.account)).toEqual(await countedByHand(store, on.account));
    });
    await fc.assert(property, { numRuns: Number(walks), seed: Number(seed) });
    // What the usual walks come by, so that they prove something.
    expect([...reached].sort()).toEqual([...EVERY_STATUS].sort());
    expect([...succeeded].sort()).toEqual([...EVERY_STEP].sort());
  },
  Number(walks) * 5_000,
);
