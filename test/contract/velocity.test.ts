import { describe, expect, test } from 'vitest';
import { isFailure } from '../../src/domain/errors.js';
import type { Intent } from '../../src/domain/intent.js';
import { parsePredicate } from '../../src/domain/rules-parse.js';
import { createClock } from '../../src/engine/clocks.js';
import type { Command } from '../../src/engine/command.js';
import { createCustomer } from '../../src/engine/customers.js';
import { createMethod, createToken, type MethodInput } from '../../src/engine/methods.js';
import { createRule, deleteRule } from '../../src/engine/rules.js';
import { useTestEngine } from '../support/engine-suite.js';
import { ACCOUNT, confirm, create, createPaid, PLAIN_CONFIRM, run } from '../support/payments.js';
import { CHIP, sale, useTill } from './terminal-scene.js';

const made = useTestEngine();

async function block(text: string, engine = made.engine): Promise<string> {
  const read = parsePredicate(text);
  if ('fault' in read) throw new Error(read.fault);
  const input = { action: 'block', text, predicate: read.predicate } as const;
  return (await run(engine, createRule(ACCOUNT, input))).id;
}

/** How a try to pay ends: paid, or the decline code. */
async function end(command: Command<Intent>): Promise<string> {
  const result = await made.engine.background(command);
  if (!isFailure(result)) return result.state;
  if (result.failure !== 'declined') return result.failure;
  return result.decline.declineCode ?? result.decline.code;
}

const VISA = '4242424242424242';
const typed = (number = VISA): MethodInput => ({
  type: 'card',
  card: { number, expMonth: 12, expYear: 2030, cvc: '123' },
  billing: {},
  metadata: {},
  allowRedisplay: 'unspecified',
  details: null,
});
const byData = (methodData: MethodInput) => create({ methodData, confirm: PLAIN_CONFIRM });

describe('a rule that counts tries of a card', () => {
  test('lets one of many at the same moment through: each sees those before it', async () => {
    await block(':total_charges_per_card_number_hourly: >= 1');
    const ends = await Promise.all(Array.from({ length: 8 }, () => end(createPaid())));
    expect(ends.sort()).toEqual(['captured', ...Array(7).fill('fraudulent')]);
  });

  test('sees the same card however it is given', async () => {
    await block(':authorized_charges_per_card_number_daily: >= 1');
    const saved = await run(made.engine, createMethod(ACCOUNT, typed()));
    const input = { billing: {}, cvcUpdate: false, clientIp: null };
    const token = await run(
      made.engine,
      createToken(ACCOUNT, { ...input, card: typed().card as never }),
    );
    const waiting = await run(made.engine, create({ method: 'pm_card_visa' }));
    expect(await end(createPaid())).toBe('captured');
    const tries: Record<string, Command<Intent>> = {
      typed: byData(typed('4242 4242-4242 4242')),
      saved: createPaid({ method: saved.id }),
      token: byData({ ...typed(), card: { token: token.id } }),
      testToken: byData({ ...typed(), card: { token: 'tok_visa' } }),
      standing: confirm(waiting.id, null),
    };
    for (const [how, command] of Object.entries(tries))
      expect([how, await end(command)]).toEqual([how, 'fraudulent']);
    expect(await end(createPaid({ method: 'pm_card_mastercard' }))).toBe('captured');
  });

  test('tells declines, blocks and payments apart, and forgets them after their time', async () => {
    await block(':declined_charges_per_card_number_hourly: >= 2');
    const declined = () => end(createPaid({ method: 'pm_card_chargeDeclined' }));
    const tries = [await declined(), await declined(), await declined()];
    expect(tries).toEqual(['generic_decline', 'generic_decline', 'fraudulent']);
    made.clock.advance(3599);
    expect(await declined()).toBe('fraudulent');
    made.clock.advance(1);
    expect(await declined()).toBe('generic_decline');
    expect(await end(createPaid())).toBe('captured');
  });
});

describe('a rule that counts tries of a customer', () => {
  test('counts them whatever the card, and knows nothing of strangers', async () => {
    await block(':total_charges_per_customer_daily: >= 2');
    const { id: customer } = await run(made.engine, createCustomer(ACCOUNT, {}));
    const { id: other } = await run(made.engine, createCustomer(ACCOUNT, {}));
    expect(await end(createPaid({ customer }))).toBe('captured');
    expect(await end(createPaid({ customer, method: 'pm_card_mastercard' }))).toBe('captured');
    expect(await end(createPaid({ customer, method: 'pm_card_amex' }))).toBe('fraudulent');
    expect(await end(createPaid({ customer: other }))).toBe('captured');
    for (let n = 0; n < 3; n++) expect(await end(createPaid())).toBe('captured');
  });

  test('goes by the customer’s test clock', async () => {
    await block(':total_charges_per_card_number_hourly: >= 1');
    const frozenTime = Math.floor(made.clock.ms / 1000);
    const clock = await run(
      made.engine,
      createClock(ACCOUNT, { frozenTime, name: null, customer: null }),
    );
    const { id: customer } = await run(made.engine, createCustomer(ACCOUNT, { clockId: clock.id }));
    expect(await end(createPaid())).toBe('captured');
    expect(await end(createPaid({ customer }))).toBe('captured');
    made.clock.advance(7200);
    expect(await end(createPaid({ customer }))).toBe('fraudulent');
    expect(await end(createPaid())).toBe('captured');
  });
});

describe('at the card machine', () => {
  const till = useTill();

  test('a sale is counted, and blocked, as any payment is', async () => {
    await block(':total_charges_per_card_number_hourly: >= 1', till.made.engine);
    const sell = async () => {
      const { id } = await run(till.made.engine, create());
      return (await till.through(CHIP, sale(id))).state;
    };
    expect(await sell()).toBe('captured');
    expect(await sell()).toBe('declined');
  });
});

test('nothing is remembered for a merchant whose rules do not count', async () => {
  await block(':amount: > 5000');
  expect(await end(createPaid())).toBe('captured');
  expect(await made.store.scan('tallies', null, 10)).toEqual([]);
  const id = await block(':total_charges_per_card_number_hourly: >= 1');
  expect(await end(createPaid())).toBe('captured');
  expect(await end(createPaid())).toBe('fraudulent');
  expect(await made.store.scan('tallies', null, 10)).toHaveLength(1);
  await run(made.engine, deleteRule(ACCOUNT, id));
  expect(await end(createPaid())).toBe('captured');
  const [tally] = await made.store.scan('tallies', null, 10);
  expect(tally?.tries.map(([, how]) => how)).toEqual(['authorized', 'blocked']);
});
