import { describe, expect, test } from 'vitest';
import { type DojoShop, ok, pay, useDojo } from './client.js';

const tender = useDojo();

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

type Prepare = (shop: DojoShop, id: string) => Promise<unknown>;

const capture =
  (amount: number): Prepare =>
  ({ dojo }, id) =>
    ok(dojo.post(`/payment-intents/${id}/captures`, { amount }));

const refund =
  (amount: number): Prepare =>
  ({ dojo }, id) =>
    ok(dojo.post(`/payment-intents/${id}/refunds`, { amount }, { idempotencyKey: 'before' }));

const reverse: Prepare = ({ dojo }, id) => ok(dojo.post(`/payment-intents/${id}/reversal`));
const cancel: Prepare = ({ dojo }, id) => ok(dojo.del(`/payment-intents/${id}`));
const paid: Prepare = (shop, id) => pay(shop, id);

const MONEY = { value: 250, currencyCode: 'GBP' };

/** Every operation on one payment intent, and how it is asked for. */
const OPERATIONS = {
  cancel: ({ dojo }: DojoShop, path: string) => dojo.del(path),
  capture: ({ dojo }: DojoShop, path: string) => dojo.post(`${path}/captures`, { amount: 100 }),
  captureTooMuch: ({ dojo }: DojoShop, path: string) =>
    dojo.post(`${path}/captures`, { amount: 1001 }),
  reverse: ({ dojo }: DojoShop, path: string) => dojo.post(`${path}/reversal`),
  refund: ({ dojo }: DojoShop, path: string) =>
    dojo.post(`${path}/refunds`, { amount: 100 }, { idempotencyKey: 'now' }),
  refundTooMuch: ({ dojo }: DojoShop, path: string) =>
    dojo.post(`${path}/refunds`, { amount: 1001 }, { idempotencyKey: 'now' }),
  tips: ({ dojo }: DojoShop, path: string) =>
    dojo.post(`${path}/tips-amount`, { tipsAmount: MONEY }),
  amount: ({ dojo }: DojoShop, path: string) => dojo.post(`${path}/amount`, { amount: MONEY }),
  refresh: ({ dojo }: DojoShop, path: string) => dojo.post(`${path}/refresh-client-session-secret`),
  charge: ({ dojo }: DojoShop, path: string) => dojo.post(`${path}/charge`),
  receipt: ({ dojo }: DojoShop, path: string) =>
    dojo.post(`${path}/receipt`, { emails: ['gabriel@dojo.example'] }),
  pay: async (shop: DojoShop, path: string) => {
    const confirmed = pay(shop, path.slice('/payment-intents/'.length));
    return {
      status: await confirmed.then(
        () => 200,
        () => 400,
      ),
    };
  },
};
type Operation = keyof typeof OPERATIONS;

/** The status of an answer, and where it succeeds the status of the intent afterwards. */
type Row = Record<Operation, number | readonly [number, string]>;

interface Scene {
  readonly name: string;
  readonly captureMode: 'Auto' | 'Manual';
  readonly fields?: object;
  readonly prepare: readonly Prepare[];
  /** Business time that passes then, from noon. */
  readonly seconds?: number;
  readonly status: string;
  readonly row: Row;
}

/** What the documentation's matrix leaves of a payment that is over: nothing but its receipt. */
const OVER: Row = {
  cancel: 409,
  capture: 409,
  captureTooMuch: 409,
  reverse: 409,
  refund: 409,
  refundTooMuch: 409,
  tips: 405,
  amount: 405,
  refresh: 400,
  charge: 400,
  receipt: [204, 'unchanged'],
  pay: 400,
};
const NEVER_PAID: Row = { ...OVER, receipt: 400 };
const CREATED: Row = {
  ...NEVER_PAID,
  cancel: [200, 'Canceled'],
  tips: [200, 'Created'],
  amount: [200, 'Created'],
  refresh: [200, 'Created'],
};
const AUTHORIZED: Row = {
  ...OVER,
  capture: [200, 'Captured'],
  captureTooMuch: 400,
  reverse: [200, 'Reversed'],
};
const CAPTURED: Row = { ...OVER, refund: [200, 'Captured'], refundTooMuch: 400 };
const REVERSIBLE: Row = { ...CAPTURED, reverse: [200, 'Reversed'] };
const PART_CAPTURED: Row = { ...CAPTURED, capture: [200, 'Captured'], captureTooMuch: 400 };

const holdFor = (autoExpireAction: 'Release' | 'Capture') => ({
  autoExpireIn: '1.00:00:00',
  autoExpireAction,
});

const auto = (
  name: string,
  status: string,
  row: Row,
  prepare: readonly Prepare[],
  seconds = 0,
): Scene => ({ name, captureMode: 'Auto', status, row, prepare, seconds });

const manual = (
  name: string,
  status: string,
  row: Row,
  prepare: readonly Prepare[],
  seconds = 0,
  fields = {},
): Scene => ({ name, captureMode: 'Manual', status, row, prepare, seconds, fields });

/** Every status, in both modes of capture, before and after each limit of time. */
const SCENES: readonly Scene[] = [
  auto('created', 'Created', { ...CREATED, pay: [200, 'Captured'] }, []),
  auto(
    'unpaid for almost 30 days',
    'Created',
    { ...CREATED, pay: [200, 'Captured'] },
    [],
    30 * DAY_SECONDS - HOUR_SECONDS,
  ),
  auto('unpaid for 30 days', 'Canceled', NEVER_PAID, [], 30 * DAY_SECONDS),
  auto('canceled', 'Canceled', NEVER_PAID, [cancel]),
  auto('captured', 'Captured', REVERSIBLE, [paid]),
  auto('captured earlier in the day', 'Captured', REVERSIBLE, [paid], 11 * HOUR_SECONDS),
  auto('captured the day before', 'Captured', CAPTURED, [paid], 12 * HOUR_SECONDS),
  auto('captured a year before', 'Captured', CAPTURED, [paid], 365 * DAY_SECONDS),
  auto('refunded in part', 'Captured', CAPTURED, [paid, refund(300)]),
  auto('refunded', 'Refunded', OVER, [paid, refund(1000)]),
  auto('reversed', 'Reversed', OVER, [paid, reverse]),
  manual('created', 'Created', { ...CREATED, pay: [200, 'Authorized'] }, []),
  manual('unpaid for 30 days', 'Canceled', NEVER_PAID, [], 30 * DAY_SECONDS),
  manual('canceled', 'Canceled', NEVER_PAID, [cancel]),
  manual('authorized', 'Authorized', AUTHORIZED, [paid]),
  manual(
    'authorized almost 7 days before',
    'Authorized',
    AUTHORIZED,
    [paid],
    7 * DAY_SECONDS - HOUR_SECONDS,
  ),
  manual('authorized 7 days before', 'Reversed', OVER, [paid], 7 * DAY_SECONDS),
  manual('reversed', 'Reversed', OVER, [paid, reverse]),
  manual('captured in part', 'Captured', PART_CAPTURED, [paid, capture(300)]),
  manual(
    'captured in part almost 7 days before',
    'Captured',
    PART_CAPTURED,
    [paid, capture(300)],
    7 * DAY_SECONDS - HOUR_SECONDS,
  ),
  manual(
    'captured in part 7 days before',
    'Captured',
    CAPTURED,
    [paid, capture(300)],
    7 * DAY_SECONDS,
  ),
  manual('captured', 'Captured', CAPTURED, [paid, capture(1000)]),
  manual('refunded', 'Refunded', OVER, [paid, capture(1000), refund(1000)]),
  manual(
    'to be released, before its time',
    'Authorized',
    AUTHORIZED,
    [paid],
    23 * HOUR_SECONDS,
    holdFor('Release'),
  ),
  manual('to be released, in time', 'Reversed', OVER, [paid], DAY_SECONDS, holdFor('Release')),
  manual(
    'to be captured, before its time',
    'Authorized',
    AUTHORIZED,
    [paid],
    23 * HOUR_SECONDS,
    holdFor('Capture'),
  ),
  manual('to be captured, in time', 'Captured', CAPTURED, [paid], DAY_SECONDS, holdFor('Capture')),
  manual(
    'to be captured, in part before',
    'Captured',
    CAPTURED,
    [paid, capture(300)],
    DAY_SECONDS,
    holdFor('Capture'),
  ),
];

/** Moves the account's time to a noon, so that no midnight passes unasked. */
async function toNoon({ stripe, advance }: DojoShop): Promise<void> {
  const { frozen_time } = await stripe.testHelpers.testClocks.retrieve('account');
  const noon = (Math.floor(frozen_time / DAY_SECONDS) + 1.5) * DAY_SECONDS;
  await advance(noon - frozen_time);
}

const statusOf = async ({ dojo }: DojoShop, path: string): Promise<string> =>
  (await ok(dojo.get(`${path}?returnCanceled=true`))).status;

const ALLOWED = { config: { payment: { tipsAllowed: true, customAmountAllowed: true } } };

describe('the matrix of statuses and operations', () => {
  test.each(SCENES)('holds for one that is $captureMode and $name', async (scene) => {
    const { captureMode, fields, prepare, seconds = 0, row, status } = scene;
    const shop = tender.newShop();
    await toNoon(shop);
    const paths = new Map<Operation, string>();
    for (const operation of Object.keys(OPERATIONS) as Operation[]) {
      const { id } = await shop.newIntent({ captureMode, ...ALLOWED, ...fields });
      for (const step of prepare) await step(shop, id);
      paths.set(operation, `/payment-intents/${id}`);
    }
    if (seconds > 0) await shop.advance(seconds);
    for (const [operation, path] of paths) {
      expect(await statusOf(shop, path), operation).toBe(status);
      const [code, after] = [row[operation]].flat();
      const answer = await OPERATIONS[operation](shop, path);
      expect(answer.status, `${operation} of ${path}`).toBe(code);
      const expected = after === undefined || after === 'unchanged' ? status : after;
      expect(await statusOf(shop, path), `after ${operation}`).toBe(expected);
    }
  });
});
