import { expect, test } from 'vitest';
import { validateDojo } from './dojo-schema.js';

const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const PROBLEM = {
  errors: {},
  type: 'about:blank',
  title: 'Not Found',
  status: 404,
  traceId: TRACE,
};
const REVERSED = { message: 'Done.', reversalId: 'rvs_1' };

const reversal = (body: unknown, status = 200) =>
  validateDojo('POST', '/payment-intents/pi_1/reversal', status, body);

test('an answer as described is valid', () => {
  expect(reversal(REVERSED)).toEqual([]);
  expect(validateDojo('GET', '/payment-intents/pi_1', 404, PROBLEM)).toEqual([]);
  expect(validateDojo('POST', '/payment-intents/pi_1/receipt', 204, undefined)).toEqual([]);
});

test('an answer that is not as described is told by its place', () => {
  expect(reversal({ ...REVERSED, more: 1 })).toEqual(["/: undeclared field 'more'"]);
  expect(reversal({ ...REVERSED, reversalId: 7 })).toEqual([
    expect.stringMatching(/^\/reversalId: must be string/),
  ]);
  expect(reversal(REVERSED, 201)).toEqual([expect.stringMatching(/no operation answers/)]);
  expect(validateDojo('POST', '/payment-intents/pi_1/receipt', 204, {})).toHaveLength(1);
});

test('a null is told where none is described', () => {
  const money = { value: null, currencyCode: 'GBP' };
  expect(validateDojo('GET', '/payment-intents/pi_1', 200, { amount: money })).toEqual([
    '/amount/value: must be integer, is null',
  ]);
  expect(validateDojo('GET', '/payment-intents/pi_1', 200, { amount: null })).toEqual([]);
  expect(validateDojo('GET', '/payment-intents/pi_1', 200, { status: null })).not.toEqual([]);
});

test('a problem is told by what it lacks, on every path', () => {
  const { traceId: _, ...untraced } = PROBLEM;
  for (const path of ['/payment-intents/pi_1', '/payment-intents/public/pi_1', '/webhooks/ws_1/x'])
    expect(validateDojo('GET', path, 404, untraced)).toContain('/traceId');
  expect(validateDojo('GET', '/payment-intents/pi_1', 404, undefined)).not.toEqual([]);
  expect(validateDojo('GET', '/payment-intents/pi_1', 400, PROBLEM)).toContain(
    '/status: is 404 in an answer of 400',
  );
});
