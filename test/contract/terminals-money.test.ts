import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEDGER } from '../../src/domain/ledger.js';
import type { TerminalSession } from '../../src/domain/terminal.js';
import { audit } from '../../src/engine/audit.js';
import { terminalJobId } from '../../src/engine/card-machines.js';
import { cancelIntent } from '../../src/engine/intents.js';
import {
  answerSignature,
  cancelTerminalSession,
  createTerminalSession,
} from '../../src/engine/terminals.js';
import type {} from '../../src/storage/store.js';
import { ACCOUNT, confirm, create, createPaid, refund, run } from '../support/payments.js';
import { rowEditor } from './rows.js';
import {
  CHIP,
  CONTACTLESS,
  matched,
  REFUSES,
  SIGNATURE,
  sale,
  UNLINKED,
  useTill,
} from './terminal-scene.js';

const till = useTill();

async function posted(ledgerAccount: string, currency = 'usd'): Promise<bigint> {
  const balances = await till.made.store.balances(ACCOUNT);
  const found = balances.find((one) => one.ledgerAccount === ledgerAccount);
  return found?.currency === currency ? found.posted : 0n;
}

describe('a refund at the card machine', () => {
  test('pays a part back, then all that is left', async () => {
    const { id } = await run(till.made.engine, createPaid());
    const part = await till.through(CONTACTLESS, matched(id, 800n));
    const [first] = await till.rows('refunds');
    expect(part).toMatchObject({ state: 'captured', subject: first?.id });
    expect((await till.intent(id)).refunded).toBe(800n);
    await till.through(CHIP, matched(id));
    expect((await till.intent(id)).refunded).toBe(2000n);
    expect(await audit(till.made.store)).toEqual([]);
  });

  test('moves nothing where the bank refuses, or it was made meanwhile', async () => {
    const { id } = await run(till.made.engine, createPaid());
    const refusal = await till.through(REFUSES, matched(id));
    expect(refusal).toMatchObject({ state: 'declined', subject: null });
    const session = await till.start(CHIP, matched(id, 1500n));
    await run(till.made.engine, refund(id, 600n));
    await till.steps(12);
    expect(await till.session(session.id)).toMatchObject({ state: 'declined', subject: null });
    expect((await till.intent(id)).refunded).toBe(600n);
    expect(await audit(till.made.store)).toEqual([]);
  });

  test('without a payment goes out of what the merchant has', async () => {
    const session = await till.through(CHIP, UNLINKED);
    const [transfer] = await till.rows('transfers');
    expect(session).toMatchObject({ state: 'captured', subject: transfer?.id, intent: null });
    expect(transfer).toMatchObject({ kind: 'unlinked_refund', amount: -700n, source: session.id });
    expect(await posted(LEDGER.available, 'gbp')).toBe(-700n);
    expect(await posted(LEDGER.network, 'gbp')).toBe(700n);
    expect(await audit(till.made.store)).toEqual([]);
  });
});

const { plant, ...rows } = rowEditor(() => till.made.store);

function alter(by: Partial<TerminalSession>, kind: string): Promise<void> {
  return rows.alter('terminal_sessions', ({ task }) => task.kind === kind, by);
}

/** What is broken, how, and what must be said of it. */
const FAULTS: [string, () => Promise<void>, RegExp][] = [
  [
    'a sale that paid with nothing',
    () => alter({ subject: null }, 'sale'),
    /is captured and has moved nothing/,
  ],
  [
    'a sale that paid though it was declined',
    () => alter({ state: 'declined' }, 'sale'),
    /is declined and has moved ch_/,
  ],
  ['an attempt that is not there', () => alter({ subject: 'ch_none' }, 'sale'), /is no ch_none/],
  [
    'a refund of another payment',
    () =>
      alter(
        { task: { kind: 'matched_refund', intent: 'pi_none', amount: null, currency: 'usd' } },
        'matched_refund',
      ),
    /what it has moved is of pi_/,
  ],
  [
    'money that was paid out by a session that was declined',
    () => alter({ state: 'declined', subject: null }, 'unlinked_refund'),
    /paid out 700 in place of 0.*\n.*does not tell of/,
  ],
  [
    'another sum than was paid out',
    () =>
      alter(
        {
          task: {
            kind: 'unlinked_refund',
            amount: '701',
            currency: 'gbp',
            holderNotPresent: false,
          },
        },
        'unlinked_refund',
      ),
    /paid out 700 in place of 701/,
  ],
  [
    'money that was paid out by nobody',
    async () => {
      const [session] = (await till.rows('terminal_sessions')).filter(
        ({ task }) => task.kind === 'unlinked_refund',
      );
      if (session === undefined) throw new Error('nothing was paid out');
      await plant({ table: 'terminal_sessions', kind: 'delete', row: session });
    },
    /there is no tse_\w+ in terminal_sessions/,
  ],
  [
    'a session that nothing advances',
    () => alter({ state: 'initiated', subject: null }, 'sale'),
    /is initiated and no job advances it/,
  ],
  [
    'a job of a session that has ended',
    async () => {
      const [session] = await till.rows('terminal_sessions');
      if (session === undefined) throw new Error('there is no session');
      const row = {
        account: ACCOUNT,
        id: terminalJobId(session.terminal),
        dueAt: 9_999_999_999,
        clockId: 'account',
        kind: 'advance_terminal',
        subject: session.id,
        tries: 0,
      } as const;
      await plant({ table: 'jobs', kind: 'insert', row });
    },
    /is captured and a job advances it/,
  ],
];

test.each(FAULTS)('the audit finds %s', async (_, breakIt, said) => {
  await till.through(CONTACTLESS, sale((await till.unpaid()).id));
  await till.through(CHIP, matched((await run(till.made.engine, createPaid())).id, 300n));
  await till.through(CHIP, UNLINKED);
  expect(await audit(till.made.store)).toEqual([]);
  await breakIt();
  expect((await audit(till.made.store)).join('\n')).toMatch(said);
});

/** What may happen around one intent, in any order. */
const EVENTS = {
  'sell by contactless card': () => createTerminalSession(ACCOUNT, CONTACTLESS, TASK.sale()),
  'sell by chip': () => createTerminalSession(ACCOUNT, CHIP, TASK.sale()),
  'sell by signature': () => createTerminalSession(ACCOUNT, SIGNATURE, TASK.sale()),
  'sell to a refused card': () => createTerminalSession(ACCOUNT, REFUSES, TASK.sale()),
  'pay back a part': () => createTerminalSession(ACCOUNT, CHIP, matched(TASK.intent, 700n)),
  'pay back all': () => createTerminalSession(ACCOUNT, CONTACTLESS, matched(TASK.intent)),
  'pay online': () => confirm(TASK.intent),
  'pay online in vain': () => confirm(TASK.intent, 'pm_card_chargeDeclined'),
  'refund online': () => refund(TASK.intent, 600n),
  'cancel the intent': () => cancelIntent(ACCOUNT, TASK.intent, null),
  'cancel the newest session': () => cancelTerminalSession(ACCOUNT, TASK.newest),
  'accept a signature': () => answerSignature(ACCOUNT, TASK.newest, true),
  'reject a signature': () => answerSignature(ACCOUNT, TASK.newest, false),
} as const;

const TASK = { intent: '', newest: 'tse_none', sale: () => sale(TASK.intent) };

type Move = keyof typeof EVENTS | 'a second passes' | 'two minutes pass';

const MOVES = [
  ...(Object.keys(EVENTS) as (keyof typeof EVENTS)[]),
  'a second passes',
  'a second passes',
  'a second passes',
  'a second passes',
  'two minutes pass',
] as const;

async function move(moves: readonly Move[]): Promise<void> {
  const together = moves.flatMap((one) => {
    const event = EVENTS[one as keyof typeof EVENTS];
    return event === undefined ? [] : [till.made.engine.background(event() as never)];
  });
  for (const one of moves)
    if (one === 'a second passes') await till.wait(1);
    else if (one === 'two minutes pass') await till.wait(120);
  for (const result of (await Promise.all(together)) as { id?: string }[])
    if (result.id?.startsWith('tse_')) TASK.newest = result.id;
}

test('whatever happens in whatever order, an intent is paid once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(fc.array(fc.constantFrom<Move>(...MOVES), { minLength: 1, maxLength: 3 }), {
        minLength: 5,
        maxLength: 25,
      }),
      async (byHand, story) => {
        await till.jobs.stop();
        await till.begin();
        const captureMethod = byHand ? 'manual' : 'automatic';
        TASK.intent = (await run(till.made.engine, create({ captureMethod }))).id;
        TASK.newest = 'tse_none';
        for (const moves of story) await move(moves);
        const sessions = await till.rows('terminal_sessions');
        const attempts = await till.rows('attempts');
        const paying = attempts.filter(({ state }) => state !== 'failed');
        expect(paying.length).toBeLessThanOrEqual(1);
        const sold = sessions.filter(({ task, subject }) => task.kind === 'sale' && subject);
        expect(sold.length).toBeLessThanOrEqual(1);
        if (sold.length > 0) expect(sold[0]?.subject).toBe(paying[0]?.id);
        const refunds = (await till.rows('refunds')).map(({ id }) => id);
        const paidBack = sessions.filter(
          ({ task, subject }) => task.kind === 'matched_refund' && subject,
        );
        expect(new Set(paidBack.map(({ subject }) => subject)).size).toBe(paidBack.length);
        for (const { subject } of paidBack) expect(refunds).toContain(subject);
        expect(await audit(till.made.store)).toEqual([]);
        expect(till.made.logged).toEqual([]);
      },
    ),
    { numRuns: 30 },
  );
});
