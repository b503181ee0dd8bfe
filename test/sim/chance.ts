import { mulberry32 } from '../support/mulberry.js';

/** Pseudo-random numbers from a seed: the same seed gives the same numbers for ever. */
export interface Chance {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  /** True with this probability. */
  hits(probability: number): boolean;
  /** One of the list, which is not empty. */
  pick<T>(list: readonly T[]): T;
  /** Fills all of it. */
  bytes(into: Uint8Array): void;
  /** Another source that does not depend on how often this one is asked from here on. */
  split(): Chance;
}

/** Makes a source; `seed` is a whole number of 32 bits. */
export function makeChance(seed: number): Chance {
  const bits = mulberry32(Math.imul(seed, 0x9e3779b1));
  const next = (): number => bits() / 2 ** 32;
  const whole = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    whole,
    hits: (probability) => next() < probability,
    pick: (list) => {
      const found = list[whole(0, list.length - 1)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    bytes: (into) => {
      for (let i = 0; i < into.length; i++) into[i] = bits() & 255;
    },
    split: () => makeChance(bits()),
  };
}
