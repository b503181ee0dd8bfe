import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { PluginKind } from '@stryker-mutator/api/plugin';

/**
 * What one run tries: a random share of the mutants, from 0 to 1, and of those only some where
 * `only` lists their keys. What becomes of each is appended to the file `tried`, a line of JSON
 * each; what is in it is not tried again.
 * @typedef {{ seed: number, share: number, only?: string[], tried: string }} Draw
 * @typedef {{ key: string, status: string }} Tried
 * @typedef {import('@stryker-mutator/api/core').Mutant} Mutant
 * @typedef {import('@stryker-mutator/api/core').MutantResult} MutantResult
 */

/** The file of the draw, as scripts/prove/mutants.ts names it for Stryker's processes. */
const DRAW = 'TENDER_MUTANTS';

/** @returns {Draw} */
function readDraw() {
  const file = process.env[DRAW];
  if (file === undefined) throw new Error(`${DRAW} names no file: use npm run prove`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What a run before found, in the order in which it did. @returns {Tried[]} */
export function readTried(/** @type {string} */ file) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  // The last one is empty, or was not written to its end.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

/** The path from the root of the repository, whichever copy of it Stryker works in. */
const pathOf = (/** @type {string} */ file) => /src\/(?:domain|engine)\/.*/.exec(file)?.[0] ?? file;

/**
 * A mutant's name, the same in every run over the same source: ids are not, they count the mutants.
 * @param {Mutant} mutant @param {0 | 1} first what its lines and columns are counted from
 */
function keyOf({ fileName, location, mutatorName, replacement }, first) {
  const [start, end] = [location.start, location.end].map(
    ({ line, column }) => `${line + 1 - first}:${column + 1 - first}`,
  );
  return `${pathOf(fileName)}:${start}-${end} ${mutatorName} ${replacement}`;
}

/** A number from 0 to 1 that follows from the seed and the key alone. */
function lot(/** @type {number} */ seed, /** @type {string} */ key) {
  return createHash('sha256').update(`${seed} ${key}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** Lets through what is drawn; Stryker counts nothing of what a checker holds back. */
class Sampler {
  /** @type {Draw} */
  draw = { seed: 0, share: 0, tried: '' };
  /** @type {Set<string>} */
  done = new Set();

  async init() {
    this.draw = readDraw();
    this.done = new Set(readTried(this.draw.tried).map(({ key }) => key));
  }

  isDrawn(/** @type {string} */ key) {
    const { seed, share, only } = this.draw;
    if (this.done.has(key) || only?.includes(key) === false) return false;
    return lot(seed, key) < share;
  }

  /** By lot, so that what a run has tried when it is ended is a fair sample too. */
  async group(/** @type {Mutant[]} */ mutants) {
    const drawn = mutants
      .map((mutant) => ({ id: mutant.id, key: keyOf(mutant, 0) }))
      .filter(({ key }) => this.isDrawn(key))
      .map(({ id, key }) => ({ id, lot: lot(this.draw.seed, key) }))
      .sort((a, b) => a.lot - b.lot);
    const ids = new Set(drawn.map(({ id }) => id));
    const rest = mutants.filter(({ id }) => !ids.has(id)).map(({ id }) => id);
    return [...drawn.map(({ id }) => [id]), rest];
  }

  async check(/** @type {Mutant[]} */ mutants) {
    const results = mutants.map((mutant) => {
      const isDrawn = this.isDrawn(keyOf(mutant, 0));
      return [mutant.id, isDrawn ? { status: 'passed' } : { status: 'compileError', reason: '' }];
    });
    return Object.fromEntries(results);
  }
}

/** Not what the sampler holds back, and what no test runs but the loading of modules. */
const COUNTED = ['Killed', 'Timeout', 'Survived', 'NoCoverage'];

/** Writes down what becomes of each mutant that was drawn. */
class Keeper {
  draw = readDraw();

  onMutantTested(/** @type {MutantResult} */ mutant) {
    const { status } = mutant;
    if (!COUNTED.includes(status)) return;
    appendFileSync(this.draw.tried, `${JSON.stringify({ key: keyOf(mutant, 1), status })}\n`);
  }
}

/** What Stryker loads of this file. */
export const strykerPlugins = [
  { kind: PluginKind.Checker, name: 'sample', injectableClass: Sampler },
  { kind: PluginKind.Reporter, name: 'keep', injectableClass: Keeper },
];
