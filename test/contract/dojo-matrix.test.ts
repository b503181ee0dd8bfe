import { afterAll, beforeAll, expect, test } from 'vitest';
import { intentStatus } from '../../src/api/dojo/status.js';
import type { Failure } from '../../src/domain/errors.js';
import type { Intent } from '../../src/domain/intent.js';
import { setSold, setTips } from '../../src/engine/amount-parts.js';
import { audit } from '../../src/engine/audit.js';
import { captureIntent } from '../../src/engine/captures.js';
import { chargeBySetup } from '../../src/engine/charge-setup.js';
import type { Command } from '../../src/engine/command.js';
import { cancelIntent, type IntentInput } from '../../src/engine/intents.js';
import { reverseIntent } from '../../src/engine/reversals.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { confirm, refund, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { createDojo, createDojoSetup, DAY_SECONDS, intentOf, passTime } from './dojo-scene.js';

/** Every status × operation × way to capture × before and after each limit of time. */

const WEEK = 7 * DAY_SECONDS;
const MONTH = 30 * DAY_SECONDS;
/** What is made here is made at noon: so long until another day begins. */
const MIDNIGHT = DAY_SECONDS / 2;
const HOUR = 3600;

type Operate = (account: string, id: string, setup: string) => Command<object>;

const OPERATIONS: Record<string, Operate> = {
  cancel: (account, id) => cancelIntent(account, id, null),
  take: (account, id) => captureIntent(account, id, { amount: 300n, final: false }),
  takeAll: (account, id) => captureIntent(account, id, { amount: null, final: false }),
  takeMore: (account, id) => captureIntent(account, id, { amount: 1001n, final: false }),
  undo: (account, id) => reverseIntent(account, id),
  back: (account, id) => refund(id, 100n, account),
  backAll: (account, id) => refund(id, null, account),
  tip: (account, id) => setTips(account, id, 50n, () => true),
  sum: (account, id) => setSold(account, id, 2000n, {}, () => true),
  pay: (account, id) => confirm(id, 'pm_card_visa', account),
  chrg: (account, id, setup) => chargeBySetup(account, id, setup),
};

/** What each refusal is called in the table; `-`: the state forbids it. */
const REFUSALS: Record<string, string> = {
  intent_state: '-',
  capture_released: 'gone',
  amount_above_capturable: 'over',
  no_charge_to_refund: 'unpaid',
  refund_uncaptured: 'held',
  already_refunded: 'all',
  refund_above_remaining: 'over',
  'not_reversible state': '-',
  'not_reversible another_day': 'day',
  'not_reversible captured_by_hand': 'hand',
  'not_reversible refunded': 'part',
};

const STATUSES: Record<string, string> = {
  Created: 'Cr',
  Authorized: 'Au',
  Captured: 'Ca',
  Reversed: 'Re',
  Refunded: 'Rf',
  Canceled: 'Cn',
};

/**
 * A situation, the status there, and what each operation leads to: the next status, or why it is
 * refused, which changes nothing. By the states and the table of reversals that Dojo documents.
 */
const MATRIX = `
situation                  | is | cancel take takeAll takeMore undo back   backAll tip sum pay chrg
auto: new                  | Cr | Cn     -    -       -        -    unpaid unpaid  Cr  Cr  Ca  Ca
auto: new, 30d - 1s        | Cr | Cn     -    -       -        -    unpaid unpaid  Cr  Cr  Ca  Ca
auto: new, 30d             | Cn | -      -    -       -        -    unpaid unpaid  -   -   -   -
auto: declined             | Cr | Cn     -    -       -        -    unpaid unpaid  Cr  Cr  Ca  Ca
auto: declined, 30d        | Cn | -      -    -       -        -    unpaid unpaid  -   -   -   -
auto: challenged           | Cr | Cn     -    -       -        -    unpaid unpaid  Cr  Cr  Ca  Ca
auto: challenged, 30d      | Cn | -      -    -       -        -    unpaid unpaid  -   -   -   -
auto: canceled             | Cn | -      -    -       -        -    unpaid unpaid  -   -   -   -
auto: paid                 | Ca | -      gone gone    gone     Re   Ca     Rf      -   -   -   -
auto: paid, midnight - 1s  | Ca | -      gone gone    gone     Re   Ca     Rf      -   -   -   -
auto: paid, midnight       | Ca | -      gone gone    gone     day  Ca     Rf      -   -   -   -
auto: paid, 30d            | Ca | -      gone gone    gone     day  Ca     Rf      -   -   -   -
auto: refunded 300         | Ca | -      gone gone    gone     part Ca     Rf      -   -   -   -
auto: refunded 950         | Ca | -      gone gone    gone     part over   Rf      -   -   -   -
auto: refunded             | Rf | -      gone gone    gone     part all    all     -   -   -   -
auto: reversed             | Re | -      gone gone    gone     -    all    all     -   -   -   -
manual: new                | Cr | Cn     -    -       -        -    unpaid unpaid  Cr  Cr  Au  Au
manual: new, 30d           | Cn | -      -    -       -        -    unpaid unpaid  -   -   -   -
manual: declined           | Cr | Cn     -    -       -        -    unpaid unpaid  Cr  Cr  Au  Au
manual: challenged         | Cr | Cn     -    -       -        -    unpaid unpaid  Cr  Cr  Au  Au
manual: canceled           | Cn | -      -    -       -        -    unpaid unpaid  -   -   -   -
manual: paid               | Au | Re     Ca   Ca      over     Re   held   held    -   -   -   -
manual: paid, midnight     | Au | Re     Ca   Ca      over     Re   held   held    -   -   -   -
manual: paid, 7d - 1s      | Au | Re     Ca   Ca      over     Re   held   held    -   -   -   -
manual: paid, 7d           | Re | -      -    -       -        -    unpaid unpaid  -   -   -   -
manual: reversed           | Re | -      -    -       -        -    unpaid unpaid  -   -   -   -
manual: took 400           | Ca | Ca     Ca   Ca      over     hand Ca     Ca      -   -   -   -
manual: took 400, 7d - 1s  | Ca | Ca     Ca   Ca      over     hand Ca     Ca      -   -   -   -
manual: took 400, 7d       | Ca | -      gone gone    gone     hand Ca     Rf      -   -   -   -
manual: took 800           | Ca | Ca     over Ca      over     hand Ca     Ca      -   -   -   -
manual: took all           | Ca | -      gone gone    gone     hand Ca     Rf      -   -   -   -
manual: took, refunded 300 | Ca | -      gone gone    gone     hand Ca     Rf      -   -   -   -
manual: took, refunded     | Rf | -      gone gone    gone     hand all    all     -   -   -   -
release: paid, 1h - 1s     | Au | Re     Ca   Ca      over     Re   held   held    -   -   -   -
release: paid, 1h          | Re | -      -    -       -        -    unpaid unpaid  -   -   -   -
release: took 400, 1h      | Ca | -      gone gone    gone     hand Ca     Rf      -   -   -   -
capture: paid, 1h - 1s     | Au | Re     Ca   Ca      over     Re   held   held    -   -   -   -
capture: paid, 1h          | Ca | -      gone gone    gone     hand Ca     Rf      -   -   -   -
capture: took 400, 1h      | Ca | -      gone gone    gone     hand Ca     Rf      -   -   -   -
`;

const MODES: Record<string, Partial<IntentInput>> = {
  auto: {},
  manual: { captureMethod: 'manual' },
  release: { captureMethod: 'manual', holdTerms: { seconds: HOUR, end: 'release' } },
  capture: { captureMethod: 'manual', holdTerms: { seconds: HOUR, end: 'capture' } },
};

/** What is done one after the other to get into a situation. */
type Step = (account: string, id: string) => Command<object>;
const paid: Step = (account, id) => confirm(id, 'pm_card_visa', account);
const declined: Step = (account, id) => confirm(id, 'pm_card_chargeDeclined', account);
const challenged: Step = (account, id) => confirm(id, 'pm_card_threeDSecure2Required', account);
const canceled: Step = (account, id) => cancelIntent(account, id, null);
const reversed: Step = (account, id) => reverseIntent(account, id);
const back =
  (amount: bigint | null): Step =>
  (account, id) =>
    refund(id, amount, account);
const took =
  (amount: bigint | null): Step =>
  (account, id) =>
    captureIntent(account, id, { amount, final: false });

const STEPS: Record<string, Step[]> = {
  new: [],
  declined: [declined],
  challenged: [challenged],
  canceled: [canceled],
  paid: [paid],
  'refunded 300': [paid, back(300n)],
  'refunded 950': [paid, back(950n)],
  refunded: [paid, back(null)],
  reversed: [paid, reversed],
  'took 400': [paid, took(400n)],
  'took 800': [paid, took(800n)],
  'took all': [paid, took(null)],
  'took, refunded 300': [paid, took(null), back(300n)],
  'took, refunded': [paid, took(null), back(null)],
};

const WAITS: Record<string, number> = {
  '30d': MONTH,
  '7d': WEEK,
  midnight: MIDNIGHT,
  '1h': HOUR,
};

let testStore: TestStore;
let made: TestEngine;
let accounts = 0;

beforeAll(async () => {
  testStore = await openTestStore();
  made = makeTestEngine(testStore.store);
});
afterAll(() => testStore.close());

function known<T>(table: Record<string, T>, name: string): T {
  const value = table[name];
  if (value === undefined) throw new Error(`the table does not know ${name}`);
  return value;
}

/** A situation's name taken apart: how it is captured, what was done, and how long ago. */
function read(situation: string) {
  const [mode = '', rest = ''] = situation.split(': ');
  const done = Object.keys(STEPS).find((name) => rest === name || isWaited(rest, name)) ?? '';
  const wait = rest.slice(done.length + 2);
  const [limit = '', early] = wait.split(' - ');
  const seconds = wait === '' ? 0 : known(WAITS, limit) - (early === undefined ? 0 : 1);
  return { terms: known(MODES, mode), steps: known(STEPS, done), seconds };
}

function isWaited(rest: string, name: string): boolean {
  const [limit = ''] = rest.slice(name.length + 2).split(' - ');
  return rest.startsWith(`${name}, `) && limit in WAITS;
}

async function situate(account: string, situation: string): Promise<Intent> {
  const { terms, steps } = read(situation);
  const { id } = await run(made.engine, createDojo(terms, account));
  for (const step of steps) await made.engine.background(step(account, id));
  return intentOf(made, id, account);
}

/** The next noon: what is paid then is paid twelve hours before another day. */
function goToNoon(): void {
  const days = Math.floor(made.clock.ms / 1000 / DAY_SECONDS) + 1;
  made.clock.ms = (days * DAY_SECONDS + DAY_SECONDS / 2) * 1000;
}

function refusalOf(failure: Failure): string {
  const { failure: code } = failure;
  const name = code === 'not_reversible' ? `${code} ${failure.reason}` : code;
  return REFUSALS[name] ?? name;
}

const [heading = '', ...lines] = MATRIX.trim().split('\n');
const columnsOf = (line: string): string[] => line.split('|').at(-1)?.trim().split(/ +/) ?? [];
const columns = columnsOf(heading);
const rows = lines.map((line) => {
  const [situation = '', is = ''] = line.split('|').map((part) => part.trim());
  return { situation, is, ends: columnsOf(line) };
});

test('the table has a column for every operation', () => {
  expect(columns).toEqual(Object.keys(OPERATIONS));
});

test.each(rows)('$situation', async ({ situation, is, ends }) => {
  goToNoon();
  const account = `acct_matrix_${accounts++}`;
  const intents = await Promise.all(columns.map(() => situate(account, situation)));
  const { seconds } = read(situation);
  await passTime(made, seconds);
  // Saved now: the card of a customer who has come back.
  const setups = await Promise.all(
    columns.map(() => run(made.engine, createDojoSetup({}, account))),
  );
  const statusOf = async (id: string): Promise<string> =>
    known(STATUSES, intentStatus(await intentOf(made, id, account)));
  const before = await Promise.all(intents.map(({ id }) => statusOf(id)));
  expect(new Set(before)).toEqual(new Set([is]));
  const found = await Promise.all(
    columns.map(async (column, i) => {
      const { id } = intents[i] as Intent;
      const stored = await intentOf(made, id, account);
      const end = await made.engine.background(
        known(OPERATIONS, column)(account, id, setups[i]?.id ?? ''),
      );
      if (!('failure' in end)) return statusOf(id);
      // A refusal leaves everything as it was.
      expect(await intentOf(made, id, account)).toEqual(stored);
      return refusalOf(end as Failure);
    }),
  );
  const shown = (cells: string[]) => columns.map((column, i) => `${column}: ${cells[i]}`);
  expect(shown(found)).toEqual(shown(ends));
});

test('the books of all that was done agree', async () => {
  await passTime(made, MONTH);
  expect(await audit(testStore.store)).toEqual([]);
  expect(made.logged).toEqual([]);
});
