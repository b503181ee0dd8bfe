import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFiles } from './import-files.js';
import { noFindings, planOf } from './import-plan.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tender-import-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the files come to; a text is written as it is. */
function planned(files: Record<string, unknown>) {
  const paths = Object.entries(files).map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    return path;
  });
  const found = noFindings();
  readFiles(paths, found);
  const { customers, payments } = planOf(found);
  return {
    customers: customers.map(({ past }) => past),
    payments: payments.map(({ past }) => past),
    leftOut: Object.fromEntries(found.leftOut),
    problems: found.problems.map(({ place, id, fault }) => `${place} ${id}: ${fault}`),
  };
}

const charge = (over: object = {}) => ({
  id: 'ch_1aaaaaaaaaaa',
  object: 'charge',
  amount: 1000,
  amount_captured: 1000,
  amount_refunded: 0,
  captured: true,
  created: 1_700_000_005,
  currency: 'usd',
  payment_intent: 'pi_1aaaaaaaaaaa',
  status: 'succeeded',
  ...over,
});

const intent = (over: object = {}) => ({
  id: 'pi_1aaaaaaaaaaa',
  object: 'payment_intent',
  amount: 1000,
  amount_received: 1000,
  created: 1_700_000_000,
  currency: 'usd',
  latest_charge: 'ch_1aaaaaaaaaaa',
  status: 'succeeded',
  ...over,
});

const refund = (over: object = {}) => ({
  id: 're_1aaaaaaaaaaa',
  object: 'refund',
  amount: 300,
  charge: 'ch_1aaaaaaaaaaa',
  created: 1_700_000_010,
  currency: 'usd',
  status: 'succeeded',
  ...over,
});

describe('answers of the API', () => {
  test('are put together over files, whatever comes first, as a list, array or lines', () => {
    const { payments, customers, problems } = planned({
      'refunds.jsonl': `\n${JSON.stringify(refund({ balance_transaction: 'txn_1aaaaaaaaaaa' }))}\n`,
      'charges.json': { object: 'list', data: [charge({ amount_refunded: 300 })] },
      'intents.json': [intent({ customer: 'cus_1aaaaaaaaaaa', metadata: { order: '7' } })],
    });
    expect(problems).toEqual([]);
    expect(payments).toMatchObject([
      {
        id: 'pi_1aaaaaaaaaaa',
        created: 1_700_000_000,
        metadata: { order: '7' },
        isDirect: false,
        attempts: [
          {
            id: 'ch_1aaaaaaaaaaa',
            state: 'captured',
            captured: 1000n,
            refunds: [{ id: 're_1aaaaaaaaaaa', amount: 300n, transfer: 'txn_1aaaaaaaaaaa' }],
          },
        ],
      },
    ]);
    expect(customers).toMatchObject([{ id: 'cus_1aaaaaaaaaaa', isWhole: false }]);
  });

  test('may have their parts expanded within', () => {
    const whole = charge({
      amount_refunded: 300,
      refunds: { object: 'list', data: [refund()] },
      balance_transaction: { id: 'txn_1bbbbbbbbbbb', fee: 59, currency: 'usd' },
      payment_method_details: { type: 'card', card: { brand: 'visa', last4: '4242' } },
    });
    const customer = { id: 'cus_1bbbbbbbbbbb', object: 'customer', created: 1, name: 'Ann' };
    const file = { 'whole.json': [intent({ latest_charge: whole, customer })] };
    const { payments, customers, problems } = planned(file);
    expect(problems).toEqual([]);
    expect(payments[0]?.attempts[0]).toMatchObject({
      fee: 59n,
      transfer: 'txn_1bbbbbbbbbbb',
      card: { last4: '4242', expMonth: 0 },
      refunds: [{ amount: 300n }],
    });
    expect(customers).toMatchObject([{ name: 'Ann', isWhole: true }]);
  });

  test('tell of failed tries, of parts that were captured, and of what was canceled', () => {
    const failed = charge({
      id: 'ch_1failed00000',
      status: 'failed',
      captured: false,
      amount_captured: 0,
      created: 1_700_000_001,
      failure_code: 'card_declined',
      outcome: { type: 'issuer_declined', reason: 'insufficient_funds' },
    });
    const part = charge({ amount_captured: 600, amount_refunded: 400 });
    const canceled = intent({
      id: 'pi_1canceled000',
      status: 'canceled',
      amount_received: 0,
      canceled_at: 1_700_000_100,
      cancellation_reason: 'abandoned',
      latest_charge: null,
    });
    const { payments, problems } = planned({
      'all.json': [part, failed, intent({ amount_received: 600 }), canceled],
    });
    expect(problems).toEqual([]);
    expect(payments).toMatchObject([
      {
        attempts: [
          { state: 'failed', decline: { declineCode: 'insufficient_funds' } },
          { captured: 600n, refunds: [] },
        ],
      },
      { canceledAt: 1_700_000_100, cancellationReason: 'abandoned', attempts: [] },
    ]);
  });

  test('without an intent become a direct charge', () => {
    const { payments } = planned({ 'charge.json': [charge({ payment_intent: null })] });
    expect(payments).toMatchObject([{ id: 'pi_1aaaaaaaaaaaimported', isDirect: true }]);
  });

  test('are left out where they are not over, or of a kind that is no history', () => {
    const { payments, problems, leftOut } = planned({
      'open.json': [
        intent({ status: 'requires_capture' }),
        charge({ captured: false }),
        charge({ id: 'ch_1alone000000', status: 'pending', payment_intent: null }),
        { id: 'prod_1', object: 'product' },
        { id: 'cus_1gone', object: 'customer', deleted: true },
      ],
    });
    expect({ payments, problems }).toEqual({ payments: [], problems: [] });
    expect(leftOut).toEqual({
      'payments that are not over': 2,
      'objects of the kind product': 1,
      'deleted customers': 1,
    });
  });

  test.each([
    [[intent()], 'its charge ch_1aaaaaaaaaaa is in none of the files: add the charges'],
    [[intent({ amount_received: 900 }), charge()], '900 were received, its charges are 1000'],
    [
      [charge({ amount_refunded: 300 })],
      '300 of ch_1aaaaaaaaaaa were refunded, refunds of 0 are in the files: add them',
    ],
    [
      [charge({ amount_refunded: 300 }), refund({ status: 'pending' })],
      'its refund re_1aaaaaaaaaaa is not over',
    ],
    [[refund()], 'its charge is in none of the files'],
    [[charge({ amount: '1000' })], 'its amount is no whole number'],
    [[charge({ amount: 0, amount_captured: 0 })], 'its amount is 0'],
    [[charge({ currency: 'xxz' })], 'xxz is no currency that is known here'],
    [[charge({ created: -1 })], 'its created is no whole number'],
    [
      [charge({ created: 253_402_300_800 })],
      'ch_1aaaaaaaaaaa: 253402300800 is after the year 9999',
    ],
    [
      [charge({ amount_refunded: 300 }), refund({ created: 253_402_300_800 })],
      're_1aaaaaaaaaaa: 253402300800 is after the year 9999',
    ],
    [[charge({ customer: 'cus a' })], '"cus a" is no id'],
    [
      [intent(), charge(), charge({ id: 'ch_1b', status: 'failed', failure_code: 'not so' })],
      'ch_1b: "not so" is no code of a decline',
    ],
    [[charge({ metadata: { a: 1 } })], 'its metadata a is no text'],
    [[charge({ metadata: { ['k'.repeat(41)]: '' } })], 'is long'],
    [[charge({ description: 'a\0b' })], 'one of its texts has a NUL or half a character'],
    [[charge({ description: '\ud800' })], 'one of its texts has a NUL or half a character'],
    [[charge({ payment_intent: 'pi_a_secret_b' })], '"pi_a_secret_b" is no id'],
    [[charge({ billing_details: { name: 7 } })], 'its name is no text'],
    [[{ object: 'charge' }], 'it is no object of the Stripe API'],
    [[7], 'it is no object'],
  ])('that do not hold are problems, with their place: %#', (objects, fault) => {
    const { payments, problems } = planned({ 'bad.json': objects });
    expect(payments).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^bad\.json\[\d\] /);
    expect(problems[0]).toContain(fault);
  });

  test('a customer who cannot be taken over is known by his payments until he can', () => {
    const customers = [
      { id: 'cus_1a', object: 'customer', created: 1, metadata: { a: 1 } },
      { id: 'cus_1b', object: 'customer', created: 253_402_300_800 },
    ];
    const paid = [
      charge({ customer: 'cus_1a' }),
      charge({ id: 'ch_1b', payment_intent: null, customer: 'cus_1b' }),
    ];
    const found = planned({ 'customers.json': customers, 'paid.json': paid });
    expect(found.payments.map(({ customer }) => customer)).toEqual(['cus_1a', 'cus_1b']);
    expect(found.customers).toMatchObject([
      { id: 'cus_1a', isWhole: false },
      { id: 'cus_1b', isWhole: false },
    ]);
    expect(found.problems).toEqual([
      'customers.json[0] cus_1a: its metadata a is no text',
      'customers.json[1] cus_1b: 253402300800 is after the year 9999',
    ]);
  });

  test('a line that is no JSON is a problem of that line alone', () => {
    const lines = [JSON.stringify(charge()), '{"id": "ch_', ''];
    const { payments, problems } = planned({ 'cut.jsonl': lines.join('\n') });
    expect(payments).toHaveLength(1);
    expect(problems).toEqual(['cut.jsonl:2 null: it is no JSON']);
  });
});

const HEADER =
  'id,Created (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,' +
  'Converted Currency,Description,Fee,Status,Customer ID,Customer Email,Card Last4,Card Brand,' +
  'Card Exp Month,order_id (metadata)';

test('what is nested without end is a problem and no crash', () => {
  const depth = 5_000;
  const begins = Array.from(
    { length: depth },
    (_, i) => `{"object":"charge","id":"ch_${i}nested","charge":`,
  );
  const { problems } = planned({
    'lists.json': `${'['.repeat(depth)}1${']'.repeat(depth)}`,
    'chain.json': `${begins.join('')}1${'}'.repeat(depth)}`,
  });
  expect(problems.filter((each) => each.endsWith('nested deeper than 20 levels'))).toHaveLength(2);
});

describe('the payments export of the dashboard', () => {
  test('becomes payments, with customers that only they tell of', () => {
    const { payments, customers, problems, leftOut } = planned({
      'unified_payments.csv': [
        HEADER,
        'ch_1ccccccccccc,2026-03-01 12:34:56,"1,234.50",4.50,usd,true,1234.50,usd,' +
          '"Tea, green",36.10,Partially Refunded,cus_1c,ann@example.com,42,American Express,4,A-7',
        'pi_1ddddddddddd,2026-03-02 08:00,"1,005,500",0.00,jpy,true,3.20,usd,,0.40,Paid,,,,,,',
        'ch_1eeeeeeeeeee,2026-03-03 08:00,5.00,0.00,usd,false,5.00,usd,,0.00,Failed,,,,,,',
      ].join('\r\n'),
    });
    expect(problems).toEqual([]);
    expect(leftOut).toEqual({ 'payments that were not made': 1 });
    expect(payments).toMatchObject([
      {
        id: 'pi_1cccccccccccimported',
        created: Date.UTC(2026, 2, 1, 12, 34, 56) / 1000,
        amount: 123_450n,
        isDirect: true,
        description: 'Tea, green',
        metadata: { order_id: 'A-7' },
        attempts: [
          {
            id: 'ch_1ccccccccccc',
            fee: 3610n,
            card: { last4: '0042', brand: 'amex', expMonth: 4 },
            refunds: [{ id: 're_1cccccccccccimported', amount: 450n }],
          },
        ],
      },
      {
        id: 'pi_1ddddddddddd',
        amount: 1_005_500n,
        isDirect: false,
        metadata: {},
        attempts: [{ id: 'ch_1dddddddddddimported', fee: 0n, methodType: 'unknown' }],
      },
    ]);
    expect(customers).toMatchObject([{ id: 'cus_1c', email: 'ann@example.com', isWhole: false }]);
  });

  test.each([
    ['ch_1f,never,1.00,0.00,usd,true,,,,,Paid,,,,,,', 'is no time: never'],
    ['ch_1f,2026-03-01 12:34,1.005,0.00,usd,true,,,,,Paid,,,,,,', 'is no amount: 1.005'],
    ['ch_1f,2026-03-01 12:34,"12,50",0.00,usd,true,,,,,Paid,,,,,,', 'is no amount: 12,50'],
    ['ch_1f,2026-03-01 12:34,"1,23.00",0.00,usd,true,,,,,Paid,,,,,,', 'is no amount: 1,23.00'],
    ['ch_1f,2026-03-01 12:34,"1,234",0.00,kwd,true,,,,,Paid,,,,,,', 'is no amount: 1,234'],
    ['ch_1f,2026-03-01 12:34,1.00,2.00,usd,true,,,,,Refunded,,,,,,', 'give back 200'],
    ['ch_1f,2026-03-01 12:34,1.00,0.00,usd,true,,,,,Paid,,,,,,,more', '18 cells'],
  ])('has bad rows as problems of their line: %s', (row, fault) => {
    const { payments, problems } = planned({ 'bad.csv': `${HEADER}\n${row}\n` });
    expect(payments).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('bad.csv:2');
    expect(problems[0]).toContain(fault);
  });

  test('has no payment of a customer who cannot be taken over', () => {
    const row = 'ch_1f,2026-03-01 12:34,1.00,0.00,usd,true,,,,,Paid,cus_1f,a\0b,,,,';
    const { payments, customers, problems } = planned({ 'bad.csv': `${HEADER}\n${row}\n` });
    expect([payments, customers]).toEqual([[], []]);
    expect(problems).toEqual([
      'bad.csv:2 cus_1f: one of its texts has a NUL or half a character',
      'bad.csv:2 pi_1fimported: its customer cannot be taken over',
    ]);
  });

  test('is told from other files, which are refused', () => {
    expect(() => planned({ 'payouts.csv': 'id,Amount\npo_1,5.00' })).toThrow(
      'payouts.csv is neither JSON nor the payments export',
    );
    expect(() => planned({ 'empty.csv': '' })).toThrow('empty.csv is empty');
    expect(() => readFiles([join(folder, 'none.json')], noFindings())).toThrow('is not there');
  });
});
