import { describe, expect, test } from 'vitest';
import { type RawReply, useRaw } from './raw-http.js';

const { raw } = useRaw();

const CARD = 'payment_method_types[]=card';

const pay = (amount: number | string, currency: string, more = ''): Promise<RawReply> =>
  raw('POST', '/v1/payment_intents', {
    form: `amount=${amount}&currency=${currency}&${CARD}${more}`,
  });

/** Smallest amounts, in minor units, with how an error writes them. */
const MINIMUMS: readonly [currency: string, minimum: number, shown: string][] = [
  ['usd', 50, '$0.50 usd'],
  ['aed', 200, '2.00 aed'],
  ['aud', 50, '$0.50 aud'],
  ['bgn', 100, '1.00 bgn'],
  ['brl', 50, '0.50 brl'],
  ['cad', 50, '$0.50 cad'],
  ['chf', 50, '0.50 chf'],
  ['czk', 1500, '15.00 czk'],
  ['dkk', 250, '2.50 dkk'],
  ['eur', 50, '€0.50 eur'],
  ['gbp', 30, '£0.30 gbp'],
  ['hkd', 400, '$4.00 hkd'],
  ['huf', 17500, '175.00 huf'],
  ['inr', 50, '₹0.50 inr'],
  ['jpy', 50, '¥50 jpy'],
  ['mxn', 1000, '$10.00 mxn'],
  ['myr', 200, '2.00 myr'],
  ['nok', 300, '3.00 nok'],
  ['nzd', 50, '$0.50 nzd'],
  ['pln', 200, '2.00 pln'],
  ['ron', 200, '2.00 ron'],
  ['sek', 300, '3.00 sek'],
  ['sgd', 50, '$0.50 sgd'],
  ['thb', 1000, '10.00 thb'],
];

describe('the smallest amount', () => {
  test.each(MINIMUMS)('of %s is %i', async (currency, minimum, shown) => {
    const enough = await pay(minimum, currency);
    expect([enough.status, enough.body.amount]).toEqual([200, minimum]);
    const less = await pay(minimum - 1, currency);
    expect(less.status).toBe(400);
    expect(less.body.error).toEqual({
      code: 'amount_too_small',
      doc_url: 'https://stripe.com/docs/error-codes/amount-too-small',
      message: `Amount must be at least ${shown}`,
      param: 'amount',
      type: 'invalid_request_error',
    });
  });
});

describe('the largest amount has eight digits', () => {
  test.each([
    ['usd', 99_999_999, '$999,999.99'],
    ['jpy', 99_999_999, '¥99,999,999'],
    ['kwd', 99_999_990, '99,999.999'],
  ])('in %s', async (currency, most, shown) => {
    expect((await pay(most, currency)).body.amount).toBe(most);
    const more = await pay(100_000_000, currency);
    expect(more.status).toBe(400);
    expect(more.body.error).toMatchObject({
      code: 'amount_too_large',
      message: `Amount must be no more than ${shown}`,
      param: 'amount',
    });
  });

  test.each(['1'.repeat(18), '1'.repeat(19), '1'.repeat(5_000)])('but not %#', async (amount) => {
    const { status, body } = await pay(amount, 'usd');
    expect([status, body.error.param]).toEqual([400, 'amount']);
  });
});

describe('decimals', () => {
  const ZERO = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ');

  test.each(ZERO)('%s has none', async (currency) => {
    const { status, body } = await pay(5001, currency);
    expect([status, body.amount, body.currency]).toEqual([200, 5001, currency]);
  });

  test.each(['bhd', 'jod', 'kwd', 'omr', 'tnd'])('%s has three, the last a zero', async (one) => {
    expect((await pay(5120, one)).status).toBe(200);
    const { status, body } = await pay(5124, one);
    expect([status, body.error.param]).toEqual([400, 'amount']);
    expect(body.error.message).toBe(`Invalid amount: amounts in ${one} must be divisible by 10.`);
  });

  test.each(['isk', 'ugx'])('%s is whole, but written in hundreds', async (one) => {
    expect((await pay(500, one)).status).toBe(200);
    expect((await pay(550, one)).status).toBe(400);
  });

  test('of a charge are its currency’s in the texts', async () => {
    const more = '&payment_method=pm_card_visa&confirm=true';
    const { body } = await pay(5000, 'jpy', more);
    const refund = await raw('POST', '/v1/refunds', {
      form: `payment_intent=${body.id}&amount=5001`,
    });
    expect(refund.body.error.message).toBe(
      'Refund amount (¥5,001) is greater than unrefunded amount on charge (¥5,000)',
    );
  });
});

describe('a change', () => {
  test('of amount or currency is held to the limits of what results', async () => {
    const { body } = await pay(60, 'usd');
    const path = `/v1/payment_intents/${body.id}`;
    const change = (fields: string) => raw('POST', path, { form: fields });
    expect((await change('amount=49')).body.error.code).toBe('amount_too_small');
    expect((await change('currency=thb')).body.error.code).toBe('amount_too_small');
    expect((await change('currency=thb&amount=1000')).body).toMatchObject({
      amount: 1000,
      currency: 'thb',
    });
    expect((await change('amount=')).body.error.code).toBe('parameter_invalid_empty');
  });

  test.each(['20.00', '2e3', '0x7d0', ' 2000', '2,000', '٢٠٠٠', 'NaN', 'Infinity', '-', '+'])(
    'to %s is no integer',
    async (amount) => {
      const { status, body } = await pay(encodeURIComponent(amount), 'usd');
      expect(status).toBe(400);
      expect(body.error).toMatchObject({
        code: 'parameter_invalid_integer',
        message: `Invalid integer: ${amount}`,
        param: 'amount',
      });
    },
  );

  test.each(['+2000', '002000'])('to %s is one', async (amount) => {
    const { status, body } = await pay(encodeURIComponent(amount), 'usd');
    expect([status, body.amount]).toEqual([200, 2000]);
  });

  test('of a fee keeps the fee exact', async () => {
    const { status, body } = await pay(2000, 'usd', '&application_fee_amount=99999999');
    expect([status, body.application_fee_amount]).toEqual([200, 99_999_999]);
    const fee = '9'.repeat(18);
    const inexact = await pay(2000, 'usd', `&application_fee_amount=${fee}`);
    expect([inexact.status, inexact.body.error?.param]).toEqual([400, 'application_fee_amount']);
  });
});
