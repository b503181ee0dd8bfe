import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../../src/api/dojo/routes.js';
import { type DojoShop, ok, pay, useDojo, type Wire } from './client.js';
import { savedSetup, TILL } from './route-fixtures.js';

const tender = useDojo();

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const YEAR_SECONDS = 365 * DAY_SECONDS;

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

const publicPath = (path: string) => path.replace('intents/', 'intents/public/');
const named = (path: string) => ({ paymentIntentId: path.slice('/payment-intents/'.length) });

/** Asks a terminal; what comes of it is told later. */
async function atTerminal({ dojo }: DojoShop, tid: string, details: object) {
  const all = await ok(dojo.get('/terminals', TILL));
  const { id: terminalId } = all.find(({ properties }: Wire) => properties.tid === tid);
  return dojo.post('/terminal-sessions', { terminalId, details }, TILL);
}

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
  retrieve: ({ dojo }: DojoShop, path: string) => dojo.get(path),
  retrievePublic: ({ dojo }: DojoShop, path: string) => dojo.get(publicPath(path)),
  refreshPublic: ({ dojo }: DojoShop, path: string) =>
    dojo.post(`${publicPath(path)}/refresh-client-session-secret`),
  sellAtTerminal: (shop: DojoShop, path: string) =>
    atTerminal(shop, '10000001', { sessionType: 'Sale', sale: named(path) }),
  refundAtTerminal: (shop: DojoShop, path: string) =>
    atTerminal(shop, '10000002', { sessionType: 'MatchedRefund', matchedRefund: named(path) }),
  /** Its intent names a setup intent that has saved a card. */
  chargeSaved: ({ dojo }: DojoShop, path: string) => dojo.post(`${path}/charge`),
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

/** The operations that are no routes of a payment intent's own. */
const OTHERS = ['pay', 'sellAtTerminal', 'refundAtTerminal'];

/** The status of an answer, and where it succeeds the status of the intent afterwards. */
type Row = Record<Operation, number | readonly [number, string]>;

interface Scene {
  readonly name: string;
  readonly captureMode: 'Auto' | 'Manual';
  readonly fields?: { readonly expiresInSeconds?: number };
  readonly prepare: readonly Prepare[];
  /** Business time that passes then, from noon. */
  readonly seconds?: number;
  readonly status: string;
  readonly row: Row;
}

/** What the documentation's matrix leaves of a payment that is over: to see it, and its receipt. */
const OVER: Row = {
  retrieve: [200, 'unchanged'],
  retrievePublic: [200, 'unchanged'],
  refreshPublic: 400,
  sellAtTerminal: 400,
  refundAtTerminal: 400,
  chargeSaved: 400,
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
/** Its hold was let go: there is nothing to pay back. */
const RELEASED: Row = { ...OVER, refundAtTerminal: 409 };
const UNPAID: Row = { ...OVER, receipt: 400, refundAtTerminal: 409 };
const CANCELED: Row = { ...UNPAID, retrieve: 404, retrievePublic: 404 };
const CREATED: Row = {
  ...UNPAID,
  refreshPublic: [200, 'Created'],
  sellAtTerminal: [200, 'Created'],
  cancel: [200, 'Canceled'],
  tips: [200, 'Created'],
  amount: [200, 'Created'],
  refresh: [200, 'Created'],
};
/** One that can be paid still, and what its payment makes of it. */
const payable = (paidAs: string): Row => ({
  ...CREATED,
  pay: [200, paidAs],
  chargeSaved: [200, paidAs],
});
const AUTHORIZED: Row = {
  ...OVER,
  refundAtTerminal: 409,
  capture: [200, 'Captured'],
  captureTooMuch: 400,
  reverse: [200, 'Reversed'],
};
const CAPTURED: Row = {
  ...OVER,
  refund: [200, 'Captured'],
  refundTooMuch: 400,
  refundAtTerminal: [200, 'Captured'],
};
const REVERSIBLE: Row = { ...CAPTURED, reverse: [200, 'Reversed'] };
const PART_CAPTURED: Row = { ...CAPTURED, capture: [200, 'Captured'], captureTooMuch: 400 };

/** Ends by itself a day after the noon. */
const DAY = { expiresInSeconds: DAY_SECONDS };

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
  fields = {},
): Scene => ({ name, captureMode: 'Auto', status, row, prepare, seconds, fields });

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
  auto('created', 'Created', payable('Captured'), []),
  auto(
    'unpaid for almost 30 days',
    'Created',
    payable('Captured'),
    [],
    30 * DAY_SECONDS - HOUR_SECONDS,
  ),
  auto('unpaid for 30 days', 'Canceled', CANCELED, [], 30 * DAY_SECONDS),
  auto('unpaid, before its own time', 'Created', payable('Captured'), [], 23 * HOUR_SECONDS, DAY),
  auto('unpaid, after its own time', 'Canceled', CANCELED, [], DAY_SECONDS, DAY),
  auto('canceled', 'Canceled', CANCELED, [cancel]),
  auto('canceled a year before', 'Canceled', CANCELED, [cancel], YEAR_SECONDS),
  auto('captured', 'Captured', REVERSIBLE, [paid]),
  auto('captured earlier in the day', 'Captured', REVERSIBLE, [paid], 11 * HOUR_SECONDS),
  auto('captured the day before', 'Captured', CAPTURED, [paid], 12 * HOUR_SECONDS),
  auto('captured a year before', 'Captured', CAPTURED, [paid], YEAR_SECONDS),
  auto('refunded in part', 'Captured', CAPTURED, [paid, refund(300)]),
  auto('refunded', 'Refunded', OVER, [paid, refund(1000)]),
  auto('refunded a year before', 'Refunded', OVER, [paid, refund(1000)], YEAR_SECONDS),
  auto('reversed', 'Reversed', OVER, [paid, reverse]),
  auto('reversed a year before', 'Reversed', OVER, [paid, reverse], YEAR_SECONDS),
  manual('created', 'Created', payable('Authorized'), []),
  manual(
    'unpaid for almost 30 days',
    'Created',
    payable('Authorized'),
    [],
    30 * DAY_SECONDS - HOUR_SECONDS,
  ),
  manual(
    'unpaid, before its own time',
    'Created',
    payable('Authorized'),
    [],
    23 * HOUR_SECONDS,
    DAY,
  ),
  manual('unpaid, after its own time', 'Canceled', CANCELED, [], DAY_SECONDS, DAY),
  manual('unpaid for 30 days', 'Canceled', CANCELED, [], 30 * DAY_SECONDS),
  manual('canceled', 'Canceled', CANCELED, [cancel]),
  manual('authorized', 'Authorized', AUTHORIZED, [paid]),
  manual(
    'authorized almost 7 days before',
    'Authorized',
    AUTHORIZED,
    [paid],
    7 * DAY_SECONDS - HOUR_SECONDS,
  ),
  manual('authorized 7 days before', 'Reversed', RELEASED, [paid], 7 * DAY_SECONDS),
  manual('reversed', 'Reversed', RELEASED, [paid, reverse]),
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
  manual('captured a year before', 'Captured', CAPTURED, [paid, capture(1000)], YEAR_SECONDS),
  manual('captured and refunded in part', 'Captured', PART_CAPTURED, [
    paid,
    capture(300),
    refund(100),
  ]),
  manual('refunded', 'Refunded', OVER, [paid, capture(1000), refund(1000)]),
  manual(
    'to be released, before its time',
    'Authorized',
    AUTHORIZED,
    [paid],
    23 * HOUR_SECONDS,
    holdFor('Release'),
  ),
  manual('to be released, in time', 'Reversed', RELEASED, [paid], DAY_SECONDS, holdFor('Release')),
  manual(
    'to be released, in part captured before',
    'Captured',
    CAPTURED,
    [paid, capture(300)],
    DAY_SECONDS,
    holdFor('Release'),
  ),
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

/** Moves the account's time to a noon, so that no midnight passes unasked; that noon. */
async function toNoon({ stripe, advance }: DojoShop): Promise<number> {
  const { frozen_time } = await stripe.testHelpers.testClocks.retrieve('account');
  const noon = (Math.floor(frozen_time / DAY_SECONDS) + 1.5) * DAY_SECONDS;
  await advance(noon - frozen_time);
  return noon;
}

const statusOf = async ({ dojo }: DojoShop, path: string): Promise<string> =>
  (await ok(dojo.get(`${path}?returnCanceled=true`))).status;

const ALLOWED = { config: { payment: { tipsAllowed: true, customAmountAllowed: true } } };

describe('the matrix of statuses and operations', () => {
  test('has every operation of the table of routes', () => {
    const asked = new Set<string>();
    const note =
      (method: string) =>
      async (path: string): Promise<Wire> => {
        asked.add(`${method} ${path.replace('/pi_1', '/:id')}`);
        return { body: [] };
      };
    const names = ['get', 'post', 'del'].map((name) => [name, note(name.toUpperCase())]);
    const shop: Wire = { dojo: Object.fromEntries(names) };
    for (const [name, ask] of Object.entries(OPERATIONS))
      if (!OTHERS.includes(name)) void ask(shop, '/payment-intents/pi_1');
    const own = ROUTES.filter(({ path }) => /^\/payment-intents\/(public\/)?:id/.test(path));
    const routes = own.map(({ method, path }) => `${method.slice(0, 4)} ${path}`);
    expect([...asked].sort()).toEqual(routes.map((route) => route.replace('DELE', 'DEL')).sort());
  });

  test.each(SCENES)('holds for one that is $captureMode and $name', async (scene) => {
    const { captureMode, prepare, seconds = 0, row, status } = scene;
    const { expiresInSeconds, ...fields } = scene.fields ?? {};
    const shop = tender.newShop();
    const noon = await toNoon(shop);
    const ends =
      expiresInSeconds === undefined
        ? {}
        : { expireAt: new Date((noon + expiresInSeconds) * 1000).toISOString() };
    const paths = new Map<Operation, string>();
    for (const operation of Object.keys(OPERATIONS) as Operation[]) {
      const saved = operation === 'chargeSaved' ? { setupIntentId: await savedSetup(shop) } : {};
      const sent = { captureMode, ...ALLOWED, ...fields, ...ends, ...saved };
      const { id } = await shop.newIntent(sent);
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
