import { expect, test } from 'vitest';
import type { CheckoutState } from '../../src/api/checkout/schema.js';
import { expected } from './amounts.js';
import { webAddress } from './app.js';

const money = (value: number) => ({ value, currency: 'gbp' });
// 10.00 sold, a tip of 1.00 and a service charge of 0.50.
const state = { sold: money(1000), tips: money(100), total: money(1150) } as CheckoutState;

test.each([
  [{}, 1000, 100, 1150],
  [{ tips: 0 }, 1000, null, 1050],
  [{ tips: 250 }, 1000, 250, 1300],
  [{ amount: 2000 }, 2000, 100, 2150],
  [{ amount: 2000, tips: 300 }, 2000, 300, 2350],
])('with %o entered it comes to what the server will say', (entered, sold, tips, total) => {
  const next = expected(state, entered);
  const { value: shown } = next.total ?? money(0);
  expect([next.sold.value, next.tips?.value ?? null, shown]).toEqual([sold, tips, total]);
});

test('a total that is not to be shown stays so', () => {
  expect(expected({ ...state, total: null }, { tips: 5 }).total).toBeNull();
});

test('a link leads to addresses of the web alone', () => {
  expect(webAddress('https://shop.example/thanks?order=7')).toBe(
    'https://shop.example/thanks?order=7',
  );
  for (const url of [null, '', 'thanks', 'javascript:alert(1)', 'data:text/html,x', 'file:///etc'])
    expect(webAddress(url)).toBeNull();
});
