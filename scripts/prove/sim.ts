import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLANTS } from '../../test/sim/plants.js';
import { runWorld } from '../../test/sim/world.js';
import type { Part } from './part.js';

const WORLDS = 10_000;
/** After so many worlds it is written down how far it has got. */
const SAVED_WORLDS = 100;
/** A planted bug that shows in none of so many worlds is not found. */
const PLANT_WORLDS_MAX = 1_000;

/** What was lived so far; a run that broke off goes on from it. */
interface Progress {
  worlds: number;
  steps: number;
  commits: number;
  crashes: number;
  operations: number;
  cpuSeconds: number;
  wrong: string[];
}

const NOTHING: Progress = {
  worlds: 0,
  steps: 0,
  commits: 0,
  crashes: 0,
  operations: 0,
  cpuSeconds: 0,
  wrong: [],
};

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Lives the worlds after those that were lived before, up to a hundred. */
async function liveOn(before: Progress): Promise<Progress> {
  const last = Math.min(WORLDS, before.worlds + SAVED_WORLDS);
  const start = process.cpuUsage();
  const after: Progress = { ...before, wrong: [...before.wrong] };
  for (let seed = before.worlds + 1; seed <= last; seed++) {
    const { steps, commits, crashes, ends, faults } = await runWorld(seed);
    after.worlds = seed;
    after.steps += steps;
    after.commits += commits;
    after.crashes += crashes;
    after.operations += sum(ends);
    after.wrong.push(...faults.map((fault) => `TENDER_SIM_SEED=${seed}: ${fault}`));
  }
  const { user, system } = process.cpuUsage(start);
  after.cpuSeconds += (user + system) / 1e6;
  return after;
}

/** A line of the table for each planted bug: the first world that shows it, and what it shows. */
async function findPlants(): Promise<string[]> {
  const lines: string[] = [];
  for (const plant of PLANTS) {
    let line: string | null = null;
    for (let seed = 1; seed <= PLANT_WORLDS_MAX && line === null; seed++) {
      const { faults, steps } = await runWorld(seed, { plant });
      if (faults.length > 0) line = `| ${plant.name} | ${seed} | ${steps} |`;
    }
    if (line === null) throw new Error(`not found: ${plant.name}`);
    lines.push(line);
  }
  return lines;
}

/** Ten thousand simulated worlds, and the bugs that are planted in some of them. */
export const SIM_PART: Part = {
  name: 'sim: simulated worlds',
  run: async ({ folder, say }) => {
    const file = join(folder, 'sim.json');
    let progress: Progress = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : NOTHING;
    while (progress.worlds < WORLDS) {
      progress = await liveOn(progress);
      writeFileSync(file, JSON.stringify(progress));
      if (progress.worlds % 1_000 === 0) say(`  ${progress.worlds} of ${WORLDS}`);
    }
    if (progress.wrong.length > 0) throw new Error(progress.wrong.join('\n'));
    const { worlds, steps, commits, crashes, operations } = progress;
    const counts = [worlds, steps, commits, crashes, operations, Math.round(progress.cpuSeconds)];
    return [
      'Each world is made from its seed: clients, processes, stores, rails, receivers, and what',
      'goes wrong. In none of them was anything lost, doubled or stuck.',
      '',
      '| worlds | steps | commits | crashes | operations | CPU seconds |',
      '| ---: | ---: | ---: | ---: | ---: | ---: |',
      `| ${counts.join(' | ')} |`,
      '',
      '| planted bug | seen in world | at step |',
      '| --- | ---: | ---: |',
      ...(await findPlants()),
    ];
  },
};
