import { describe, expect, test } from 'vitest';
import { amountText, eventRow } from './tail-rows.js';
import { makePaint } from './terminal.js';

describe('an amount of the Stripe dialect', () => {
  test.each([
    [1099, 'usd', '10.99 USD'],
    [123_456, 'jpy', '123,456 JPY'],
    [1500, 'kwd', '1.500 KWD'],
    [17_500, 'huf', '175.00 HUF'],
    [80_000, 'twd', '800.00 TWD'],
    [1_000_000, 'idr', '10,000.00 IDR'],
    [500, 'isk', '5.00 ISK'],
    [500, 'ugx', '5.00 UGX'],
    [500, 'mga', '500 MGA'],
    [150_000, 'kin', '1.50000 KIN'],
    [12, 'xyz', '12 XYZ'],
  ])('%d %s is written %s', (amount, currency, text) => {
    expect(amountText(amount, currency)).toBe(text);
  });
});

test('an event is a line with its type, object, amount and status', () => {
  const object = { id: 'pi_1', amount: 17_500, currency: 'huf', status: 'succeeded' };
  const event = { type: 'payment_intent.succeeded', data: { object } };
  const line = eventRow(event as unknown as Parameters<typeof eventRow>[0], makePaint(false));
  expect(line.split(/ {2,}/)).toEqual([event.type, 'pi_1', '175.00 HUF', 'succeeded']);
});
