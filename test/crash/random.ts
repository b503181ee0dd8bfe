import { mulberry32 } from '../support/mulberry.js';

/** Random choices that a seed repeats. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
  pick<T>(values: readonly T[]): T;
}

/** Choices that follow from the seed alone. */
export function seededRandom(seed: number): Random {
  const bits = mulberry32(seed);
  const between = (min: number, max: number): number =>
    min + Math.floor((bits() / 2 ** 32) * (max - min + 1));
  return {
    between,
    pick: (values) => {
      const value = values[between(0, values.length - 1)];
      if (value === undefined) throw new Error('nothing to pick from');
      return value;
    },
  };
}
