import fc from 'fast-check';

/** One reader of bytes that strangers write, and what it must hold whatever they are. */
export interface Target {
  readonly name: string;
  /** Tries so many inputs of a seed; rejects with the input that broke a rule, made small. */
  run(runs: number, seed: number): Promise<void>;
}

/** A reader that is checked by throwing, or by answering false. */
export function target<T>(
  name: string,
  inputs: fc.Arbitrary<T>,
  check: (input: T) => unknown,
): Target {
  const property = fc.property(inputs, (input) => check(input) !== false);
  return { name, run: async (runs, seed) => fc.assert(property, settings(runs, seed)) };
}

/** The same for a reader that takes its time. */
export function slowTarget<T>(
  name: string,
  inputs: fc.Arbitrary<T>,
  check: (input: T) => Promise<unknown>,
): Target {
  const property = fc.asyncProperty(inputs, async (input) => (await check(input)) !== false);
  return { name, run: (runs, seed) => fc.assert(property, settings(runs, seed)) };
}

function settings(numRuns: number, seed: number) {
  // Shrinking goes on until it ends: a small input says more than the time that it takes.
  return { numRuns, seed };
}

/** Fails where something else was thrown than what a reader says that it throws. */
export function demandOwn(error: unknown, ...own: readonly (new (...args: never[]) => Error)[]) {
  if (!own.some((kind) => error instanceof kind)) throw error;
}

/** Fails where an object's prototype was reached through what was read. */
export function demandCleanPrototypes(): void {
  for (const name in {}) throw new Error(`Object.prototype has got ${name}`);
}
