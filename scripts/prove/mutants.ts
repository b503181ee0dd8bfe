import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import { type Draw, readTried, type Tried } from '../../test/mutation/sample.js';
import type { Part, Say } from './part.js';

const FOLDERS = ['domain', 'engine'] as const;
/** Of so many rows there is one mutant in the draw: some 700 in all, of a million. */
const ROWS_PER_MUTANT = 1_400;
/** About so many mutants there are, of which the share is drawn. */
const MUTANTS = 15_000;
const SEED = Number(process.env.TENDER_SEED ?? 2);
/** Of the normal distribution, for an interval that holds the true share 95 times of 100. */
const Z_95 = 1.96;
const CONFIG = fileURLToPath(new URL('../../test/mutation/stryker.config.js', import.meta.url));

const isFound = ({ status }: Tried): boolean => status === 'Killed' || status === 'Timeout';

/**
 * Runs Stryker over what is drawn and not tried yet, and answers all that is tried.
 * @param tests which of the sets of test/mutation/vitest.config.ts
 * @throws where a test fails without any mutant
 */
async function tryMutants(
  folder: string,
  tests: string,
  draw: Omit<Draw, 'tried'>,
): Promise<Tried[]> {
  const whole = join(folder, `${tests}.jsonl`);
  if (existsSync(whole)) return readTried(whole);
  const drawn = join(folder, `${tests}-draw.json`);
  const tried = join(folder, `${tests}-tried.jsonl`);
  writeFileSync(drawn, JSON.stringify({ ...draw, tried } satisfies Draw));
  Object.assign(process.env, { TENDER_MUTANTS: drawn, TENDER_MUTANTS_TESTS: tests });
  await new Stryker({ configFile: CONFIG }).runMutationTest();
  // None is tried where none is drawn.
  if (existsSync(tried)) renameSync(tried, whole);
  return readTried(whole);
}

/** The interval by Wilson, which is right near 100 % too; percent. */
function interval(found: number, all: number): string {
  const share = found / all;
  const middle = share + Z_95 ** 2 / (2 * all);
  const width = Z_95 * Math.sqrt((share * (1 - share)) / all + Z_95 ** 2 / (4 * all ** 2));
  const [low, high] = [middle - width, middle + width].map(
    (edge) => (100 * edge) / (1 + Z_95 ** 2 / all),
  );
  return `${low?.toFixed(1)} to ${high?.toFixed(1)}`;
}

/** A line of the table. */
function row(name: string, tried: readonly Tried[]): string {
  const count = (status: string): number => tried.filter((one) => one.status === status).length;
  const found = tried.filter(isFound).length;
  const counts = ['Killed', 'Timeout', 'Survived', 'NoCoverage'].map(count);
  const percent = ((100 * found) / tried.length).toFixed(1);
  const cells = [name, tried.length, ...counts, percent, interval(found, tried.length)];
  return `| ${cells.join(' | ')} |`;
}

async function run(work: string, rows: number, say: Say): Promise<string[]> {
  const folder = join(work, `mutants-${SEED}`);
  mkdirSync(folder, { recursive: true });
  const share = rows / ROWS_PER_MUTANT / MUTANTS;
  const close = await tryMutants(folder, 'close', { seed: SEED, share });
  const only = close.filter((one) => !isFound(one)).map(({ key }) => key);
  const left = { seed: SEED, share, only };
  const wide = only.length > 0 ? await tryMutants(folder, 'wide', left) : [];
  const ran = wide.filter(({ status }) => status !== 'NoCoverage');
  const later = new Map(ran.map((one) => [one.key, one]));
  const tried = close.map((one) => later.get(one.key) ?? one);
  const stayed = tried.filter((one) => !isFound(one));
  for (const { key, status } of stayed) say(`  ${status}: ${key}`);
  const of = (name: string): Tried[] => tried.filter(({ key }) => key.startsWith(`src/${name}/`));
  return [
    `Stryker, a random ${(100 * share).toFixed(1)} % of all mutants (seed ${SEED}), by the unit`,
    `and contract tests on SQLite; the ${only.length} that those let live once more by those over`,
    'HTTP. What makes a test hang counts as killed. [What stays](mutation.md) is explained.',
    '',
    '| | drawn | killed | hung | survived | run by no test | killed, % | 95 of 100 times in |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    ...FOLDERS.map((name) => row(name, of(name))),
    row('both', tried),
  ];
}

/** Small faults in the domain and the engine, a fair sample of them: do the tests see each? */
export const MUTANTS_PART: Part = {
  name: 'mutants',
  run: ({ folder, rows, say }) => run(folder, rows, say),
};
