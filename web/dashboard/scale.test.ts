import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scaleTo } from './scale.js';

test('an axis begins at zero and ends at a round figure', () => {
  expect(scaleTo(830)).toEqual({ end: 1000, ticks: [0, 500, 1000] });
  expect(scaleTo(7)).toEqual({ end: 8, ticks: [0, 2, 4, 6, 8] });
  expect(scaleTo(3)).toEqual({ end: 3, ticks: [0, 1, 2, 3] });
});

test('an axis of nothing has a line nevertheless', () => {
  expect(scaleTo(0)).toEqual({ end: 1, ticks: [0, 1] });
});

test('every amount lies on its axis, which has two to five lines', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 ** 14 }), (most) => {
      const { end, ticks } = scaleTo(most);
      expect(end).toBeGreaterThanOrEqual(most);
      expect(ticks.at(-1)).toBe(end);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(5);
    }),
  );
});
