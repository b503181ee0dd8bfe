import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeWheel } from './wheel.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('each item is visited once a period, first a whole period after it was added', () => {
  const visits: string[] = [];
  const wheel = makeWheel<string>(1000, (item) => visits.push(`${item} ${Date.now() - start}`));
  const start = Date.now();
  wheel.add('a');
  vi.advanceTimersByTime(300);
  const place = wheel.add('b');
  vi.advanceTimersByTime(1700);
  expect(visits).toEqual(['a 1000', 'b 1300', 'a 2000']);
  wheel.remove('b', place);
  wheel.remove('b', place);
  vi.advanceTimersByTime(1000);
  expect(visits).toEqual(['a 1000', 'b 1300', 'a 2000', 'a 3000']);
});

test('the wheel stands still while it is empty, and turns again', () => {
  const visit = vi.fn();
  const wheel = makeWheel<string>(100, visit);
  wheel.remove('a', wheel.add('a'));
  expect(vi.getTimerCount()).toBe(0);
  wheel.add('b');
  vi.advanceTimersByTime(100);
  expect(visit).toHaveBeenCalledExactlyOnceWith('b');
  wheel.stop();
  expect(vi.getTimerCount()).toBe(0);
});
