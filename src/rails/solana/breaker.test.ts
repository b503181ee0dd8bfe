import { expect, it } from 'vitest';
import { makeBreaker } from './breaker.js';

function makeAt() {
  const clock = { ms: 1_000 };
  const settings = { breaker_failures_max: 3, breaker_pause_ms: 100, nowMs: () => clock.ms };
  return { clock, breaker: makeBreaker(settings) };
}

it('lets everything through until too much has failed in a row', () => {
  const { breaker } = makeAt();
  for (const end of ['failed', 'failed', 'succeeded', 'failed', 'failed'] as const) {
    expect(breaker.mayTry()).toBe(true);
    breaker[end]();
  }
  expect(breaker.isOpen).toBe(false);
  breaker.failed();
  expect(breaker.isOpen).toBe(true);
  expect(breaker.mayTry()).toBe(false);
});

it('lets one through after each pause, and all once that one has succeeded', () => {
  const { clock, breaker } = makeAt();
  for (let i = 0; i < 3; i++) breaker.failed();
  clock.ms += 99;
  expect(breaker.mayTry()).toBe(false);
  clock.ms += 1;
  expect([breaker.mayTry(), breaker.mayTry()]).toEqual([true, false]);
  breaker.failed();
  clock.ms += 99;
  expect(breaker.mayTry()).toBe(false);
  clock.ms += 1;
  expect(breaker.mayTry()).toBe(true);
  breaker.succeeded();
  expect([breaker.mayTry(), breaker.mayTry(), breaker.isOpen]).toEqual([true, true, false]);
});

it('tries again after a pause where nobody has said how the last try ended', () => {
  const { clock, breaker } = makeAt();
  for (let i = 0; i < 3; i++) breaker.failed();
  clock.ms += 100;
  expect(breaker.mayTry()).toBe(true);
  clock.ms += 100;
  expect(breaker.mayTry()).toBe(true);
});
