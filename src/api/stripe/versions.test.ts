import { expect, test } from 'vitest';
import { atVersion, embeds, hasDefault, VERSION_CHANGES } from './versions.js';

test('the changes stand newest first, each at a date of its own', () => {
  const dates = VERSION_CHANGES.map(({ version }) => version);
  expect(dates).toEqual([...new Set(dates)].toSorted().toReversed());
});

test('a default holds from its version on, whatever the version is called', () => {
  expect(hasDefault('2023-08-15', 'automatic_methods')).toBe(false);
  expect(hasDefault('2023-08-16', 'automatic_methods')).toBe(true);
  expect(hasDefault('2024-04-09.acacia', 'asynchronous_capture')).toBe(false);
  expect(hasDefault('2024-04-10.acacia', 'asynchronous_capture')).toBe(true);
});

test('an object goes back through every change newer than its reader', () => {
  const newest = { object: 'payment_intent', id: 'pi_1', allowed_payment_method_types: null };
  expect(atVersion(newest, '2026-10-28.endive')).toBe(newest);
  expect(atVersion(newest, '2026-09-30.endive')).toBe(newest);
  expect(atVersion(newest, '2026-09-29')).toEqual({ object: 'payment_intent', id: 'pi_1' });
  expect(atVersion(newest, '2025-03-30')).toEqual({
    object: 'payment_intent',
    id: 'pi_1',
    invoice: null,
  });
});

test('an object that no change speaks of stays as it is', () => {
  const customer = { object: 'customer', id: 'cus_1' };
  expect(atVersion(customer, '2020-08-27')).toBe(customer);
});

test('lists are embedded for readers from before their change only', () => {
  expect(embeds('2022-11-14', 'payment_intent', 'charges')).toBe(true);
  expect(embeds('2022-11-15', 'payment_intent', 'charges')).toBe(false);
  expect(embeds('2022-08-01', 'charge', 'refunds')).toBe(true);
  expect(embeds('2022-08-01', 'customer', 'sources')).toBe(false);
});
