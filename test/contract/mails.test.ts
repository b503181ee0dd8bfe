import { describe, expect, test } from 'vitest';
import { MAIL_DELAYS_SECONDS, MAILS_PER_INTENT_MAX } from '../../src/domain/mail.js';
import { INSTALLATION } from '../../src/domain/rendezvous.js';
import { claimMail, type Paid, recordMail, sendReceipts } from '../../src/engine/mails.js';
import { useTestEngine } from '../support/engine-suite.js';
import { ACCOUNT, create, createPaid, fail, run } from '../support/payments.js';

const made = useTestEngine();

const LETTER = { subject: 'Paid', text: 'Thanks', html: '<p>Thanks</p>' };
const letters = () => made.store.scan('mails', null, 100);
const jobs = async () => {
  const all = await made.store.scan('jobs', null, 100);
  return all.filter(({ kind }) => kind === 'send_mail');
};
const wall = () => Math.floor(made.clock.ms / 1000);
const ask = (id: string, emails: string[], write: (paid: Paid) => typeof LETTER = () => LETTER) =>
  sendReceipts(ACCOUNT, id, emails, write);

/** One letter that waits, with its job. */
async function oneLetter() {
  const { id } = await run(made.engine, createPaid());
  await run(made.engine, ask(id, ['ann@shop.example']));
  const [job] = await jobs();
  if (job === undefined) throw new Error('nobody sends it');
  return job;
}

/** The letter as whoever sends it has it. */
async function claimed() {
  const [job] = await jobs();
  if (job === undefined) throw new Error('nobody sends it');
  return run(made.engine, claimMail(job) as never) as Promise<Parameters<typeof recordMail>[0]>;
}

describe('receipts', () => {
  test('are letters to each address, due at once, and told of', async () => {
    const intent = await run(made.engine, createPaid());
    const told: Paid[] = [];
    const write = (paid: Paid) => {
      told.push(paid);
      return LETTER;
    };
    await run(made.engine, ask(intent.id, ['ann@shop.example', 'bob@shop.example'], write));
    expect(told).toMatchObject([
      { intent: { id: intent.id }, attempt: { id: intent.latestAttempt }, merchant: {} },
    ]);
    const stored = await letters();
    expect(stored.map(({ to }) => to)).toEqual(['ann@shop.example', 'bob@shop.example']);
    const [first] = stored;
    expect(first).toEqual({
      ...LETTER,
      account: INSTALLATION,
      id: expect.stringMatching(/^mail_.{24}$/),
      created: wall(),
      state: 'waiting',
      tries: 0,
      fault: null,
      to: 'ann@shop.example',
      intent: intent.id,
      merchant: ACCOUNT,
    });
    const due = (await jobs()).map(({ subject, dueAt }) => ({ subject, dueAt }));
    expect(due).toEqual(stored.map(({ id }) => ({ subject: id, dueAt: wall() })));
    const facts = await made.store.scan('facts', null, 100);
    expect(facts.map(({ type }) => type)).toContain('intent.receipt_asked');
  });

  test('are refused for what is not there or not paid', async () => {
    const { id } = await run(made.engine, create());
    expect(await fail(made.engine, ask(id, ['ann@shop.example']))).toMatchObject({
      failure: 'intent_state',
      operation: 'send_receipt',
    });
    expect(await fail(made.engine, ask('pi_none', ['ann@shop.example']))).toMatchObject({
      failure: 'missing',
    });
    expect(await letters()).toEqual([]);
  });

  test('are so many for one payment, and no more', async () => {
    const { id } = await run(made.engine, createPaid());
    const many = (count: number) => Array.from({ length: count }, (_, i) => `a${i}@shop.example`);
    await run(made.engine, ask(id, many(MAILS_PER_INTENT_MAX - 1)));
    expect(await fail(made.engine, ask(id, many(2)))).toEqual({
      failure: 'limit_reached',
      what: 'receipts for one payment',
      max: MAILS_PER_INTENT_MAX,
    });
    await run(made.engine, ask(id, many(1)));
    expect(await letters()).toHaveLength(MAILS_PER_INTENT_MAX);
    const other = await run(made.engine, createPaid());
    await run(made.engine, ask(other.id, many(1)));
  });
});

describe('a letter', () => {
  test('is one process’s to send for two minutes', async () => {
    const job = await oneLetter();
    const taken = await run(made.engine, claimMail(job) as never);
    expect(taken).toMatchObject({ mail: LETTER, job: { dueAt: wall() + 120 } });
    expect(await made.engine.background(claimMail(job))).toBeNull();
    const [again] = await jobs();
    expect(again?.dueAt).toBe(wall() + 120);
  });

  test.each(['sent', 'kept'] as const)('that was %s is over, and so is its job', async (state) => {
    const job = await oneLetter();
    const taken = await claimed();
    await made.engine.background(recordMail(taken, { state }));
    expect(await letters()).toMatchObject([{ state, tries: 1, fault: null }]);
    expect(await jobs()).toEqual([]);
    expect(await made.engine.background(claimMail(job))).toBeNull();
    const late = { state: 'failed', fault: 'late', isFinal: true } as const;
    await made.engine.background(recordMail(taken, late));
    expect(await letters()).toMatchObject([{ state, tries: 1, fault: null }]);
  });

  test('that can never arrive is not tried again', async () => {
    await oneLetter();
    const end = { state: 'failed', fault: '550 no such user', isFinal: true } as const;
    await made.engine.background(recordMail(await claimed(), end));
    expect(await letters()).toMatchObject([{ state: 'failed', tries: 1, fault: end.fault }]);
    expect(await jobs()).toEqual([]);
  });

  test('that may yet arrive is tried again later and later, and then no more', async () => {
    await oneLetter();
    const end = { state: 'failed', fault: '451 later', isFinal: false } as const;
    for (const [index, delay] of MAIL_DELAYS_SECONDS.entries()) {
      await made.engine.background(recordMail(await claimed(), end));
      expect(await jobs()).toMatchObject([{ tries: index + 1, dueAt: wall() + delay }]);
      expect(await letters()).toMatchObject([{ state: 'waiting', tries: index + 1 }]);
      expect(await letters()).toMatchObject([{ fault: '451 later' }]);
      made.clock.advance(delay);
    }
    await made.engine.background(recordMail(await claimed(), end));
    expect(await letters()).toMatchObject([{ state: 'failed', tries: 6, fault: '451 later' }]);
    expect(await jobs()).toEqual([]);
  });

  test('whose job is left over when it has ended loses the job', async () => {
    const job = await oneLetter();
    const [mail] = await letters();
    if (mail === undefined) throw new Error('no letter');
    const row = { ...mail, state: 'sent' as const };
    await made.store.transact('left over', ({ write }) =>
      write({ changes: [{ table: 'mails', kind: 'update', row }], postings: [] }),
    );
    expect(await made.engine.background(claimMail(job))).toBeNull();
    expect(await jobs()).toEqual([]);
  });
});
