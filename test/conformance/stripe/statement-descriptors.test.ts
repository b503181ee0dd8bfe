import fc from 'fast-check';
import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { expanded, failure, PAID, useTender } from './shop.js';

const fixture = useTender();

async function lineOf(stripe: Stripe, more: object): Promise<string | null> {
  const intent = await stripe.paymentIntents.create({
    ...PAID,
    expand: ['latest_charge'],
    ...more,
  });
  return expanded(intent.latest_charge).calculated_statement_descriptor;
}

describe("what the customer's statement shows", () => {
  test.each([
    ["the account's own text", {}, 'TENDER SANDBOX'],
    ['prefix and text', { statement_descriptor: 'Order 6735' }, 'TENDER* Order 6735'],
    ['prefix and suffix', { statement_descriptor_suffix: 'Order 6735' }, 'TENDER* Order 6735'],
    // "TENDER", "* " and the text make more than 22 characters: the end is cut.
    ['as much as fits', { statement_descriptor: 'Custom descriptor' }, 'TENDER* Custom descrip'],
  ])('is %s', async (_, more, line) => {
    const { stripe } = fixture.newShop();
    expect(await lineOf(stripe, more)).toBe(line);
  });

  test('has never more than 22 characters', async () => {
    const { stripe } = fixture.newShop();
    const text = fc
      .stringMatching(/^[A-Za-z0-9 .,&-]{1,22}$/)
      .filter((one) => /[A-Za-z]/.test(one) && one.trim() !== '');
    await fc.assert(
      fc.asyncProperty(text, async (descriptor) => {
        const line = (await lineOf(stripe, { statement_descriptor: descriptor })) ?? '';
        expect(line.length).toBeLessThanOrEqual(22);
        expect(`TENDER* ${descriptor}`.startsWith(line)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test('is kept as it was given, and can be unset', async () => {
    const { stripe } = fixture.newShop();
    const { id, statement_descriptor } = await stripe.paymentIntents.create({
      ...PAID,
      confirm: false,
      statement_descriptor: 'Custom descriptor',
    });
    expect(statement_descriptor).toBe('Custom descriptor');
    const unset = await stripe.paymentIntents.update(id, { statement_descriptor: '' });
    expect(unset.statement_descriptor).toBeNull();
    const paid = await stripe.paymentIntents.confirm(id, { expand: ['latest_charge'] });
    expect(expanded(paid.latest_charge)).toMatchObject({
      statement_descriptor: null,
      calculated_statement_descriptor: 'TENDER SANDBOX',
    });
  });
});

describe('a descriptor', () => {
  const fields = ['statement_descriptor', 'statement_descriptor_suffix'] as const;

  test.each(fields)('as %s has at most 22 characters', async (field) => {
    const { stripe } = fixture.newShop();
    const send = (text: string) =>
      stripe.paymentIntents.create({ amount: 1099, currency: 'usd', [field]: text });
    expect((await send('a'.repeat(22)))[field]).toBe('a'.repeat(22));
    const long = 'a'.repeat(30);
    expect(await failure(send(long))).toMatchObject({
      status: 400,
      param: field,
      message:
        'The statement descriptor must be at most 22 characters. ' +
        `${long} is 30 characters long.`,
    });
  });

  test.each(['<', '>', "'", '"', '*', '\\'])('has no %s', async (character) => {
    const { stripe } = fixture.newShop();
    const text = `Order ${character} 1`;
    const create = stripe.paymentIntents.create({
      amount: 1099,
      currency: 'usd',
      statement_descriptor: text,
    });
    expect(await failure(create)).toMatchObject({ status: 400, param: 'statement_descriptor' });
    const { id } = await stripe.paymentIntents.create({ ...PAID, confirm: false });
    const update = stripe.paymentIntents.update(id, { statement_descriptor: text });
    expect(await failure(update)).toMatchObject({ status: 400, param: 'statement_descriptor' });
  });

  test.each(['6735', '67 35', '…', 'Ärzte'.slice(0, 1)])('is not %s alone', async (text) => {
    const { stripe } = fixture.newShop();
    const create = stripe.paymentIntents.create({
      amount: 1099,
      currency: 'usd',
      statement_descriptor: text,
    });
    expect(await failure(create)).toMatchObject({ status: 400, param: 'statement_descriptor' });
  });
});
