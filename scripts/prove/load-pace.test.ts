import { expect, test } from 'vitest';
import { atPace, median } from './load-pace.js';

/** A clock that moves only by pauses, each of which takes so much longer than asked. */
function clockThatIsLate(byMs: number) {
  let nowMs = 1_000;
  return {
    now: () => nowMs,
    pause: async (ms: number) => {
      nowMs += ms + byMs;
    },
  };
}

test('a steady pace begins what it has missed, each with when it was due', async () => {
  const clock = clockThatIsLate(25);
  const begun: [due: number, at: number][] = [];
  await atPace({ perSecond: 100, seconds: 0.06, clock }, async (due) => {
    begun.push([due, clock.now()]);
  });
  expect(begun).toEqual([
    [1000, 1000],
    [1010, 1035],
    [1020, 1035],
    [1030, 1035],
    [1040, 1065],
    [1050, 1065],
  ]);
});

test('a steady pace does not wait for an end before it begins the next', async () => {
  const ends: (() => void)[] = [];
  await atPace(
    { perSecond: 10, seconds: 0.3, clock: clockThatIsLate(0) },
    () =>
      new Promise((resolve) => {
        // None of them ends before the third has begun.
        if (ends.push(resolve) === 3) for (const end of ends) end();
      }),
  );
  expect(ends).toHaveLength(3);
});

test('a steady pace ends with what fails, and begins nothing after it', async () => {
  let begun = 0;
  const failing = atPace({ perSecond: 10, seconds: 100, clock: clockThatIsLate(0) }, async () => {
    begun++;
    if (begun === 2) throw new Error('refused');
  });
  await expect(failing).rejects.toThrow('refused');
  expect(begun).toBeLessThan(5);
});

test('a median is not moved by one that is far off', () => {
  expect(median([900, 3, 4])).toBe(4);
});
