import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClusterKills,
  type ClusterSurvived,
  surviveInCluster,
} from '../../test/crash/cluster.js';
import { openReplicated, openSingle, type StandingGround } from '../../test/crash/grounds.js';
import { seededRandom } from '../../test/crash/random.js';
import { build } from '../build.js';
import type { Part } from './part.js';

const KILLS = 1_000;
/** Of one run: its payments are all looked at in the end. */
const KILLS_OF_RUN = 25;
const PROMOTIONS = 20;

type Victims = ClusterKills['victims'];

/** One run, a line of the file that is gone on with. */
interface Run {
  readonly seed: number;
  readonly survived: ClusterSurvived;
}

function runsIn(file: string): Run[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function oneRun(ground: StandingGround, victims: Victims, seed: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'tender-prove-crash-'));
  try {
    return { seed, survived: await surviveInCluster({ ground, folder, victims, seed }) };
  } catch (error) {
    throw new Error(`the run with the seed ${seed} does not hold`, { cause: error });
  } finally {
    await ground.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function victimsOf(seed: number): Victims {
  const random = seededRandom(seed);
  return Array.from({ length: KILLS_OF_RUN }, () => random.pick(['database', 'server'] as const));
}

const number = (value: number): string => Math.round(value).toLocaleString('en-US');

function gapRow(what: string, gaps: readonly number[]): string {
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return `| ${what} | ${sorted.length} | ${at(0.5)} | ${at(0.99)} | ${at(1)} |`;
}

function report(kills: readonly Run[], promotions: readonly Run[]): string[] {
  const count = (of: (survived: ClusterSurvived) => number): string =>
    number([...kills, ...promotions].reduce((all, { survived }) => all + of(survived), 0));
  const gaps = (runs: readonly Run[], victim: 'database' | 'server'): number[] =>
    runs.flatMap(({ survived }) => survived.gapsMs[victim]);
  return [
    'Two servers on one PostgreSQL and twelve clients that pay, capture, refund and cancel through',
    'both, sending again with the same key what nobody has answered. One process after the other',
    'is ended by `kill -9` and started again: one of the servers, or PostgreSQL; or PostgreSQL is',
    'replaced by its synchronous standby. Then every answer is compared with what is stored, every',
    'payment, charge and refund is there once, every event has come, and `tender verify` finds no',
    'fault.',
    '',
    `${count(({ payments }) => payments)} payments, ${count(({ writes }) => writes)} writes;`,
    `${count(({ sentAgain }) => sentAgain)} were sent again, of which`,
    `${count(({ replayed }) => replayed)} had been done without an answer.`,
    `${count(({ events }) => events)} events; ${count(({ doubled }) => doubled)} deliveries came`,
    'once more. Nothing lost, nothing double.',
    '',
    '| ended | times | until the next answer, p50 ms | p99 ms | longest ms |',
    '| --- | ---: | ---: | ---: | ---: |',
    gapRow('one of two servers', gaps(kills, 'server')),
    gapRow('PostgreSQL, started again', gaps(kills, 'database')),
    gapRow('PostgreSQL, its standby promoted at once', gaps(promotions, 'database')),
  ];
}

/** Kills of servers and of PostgreSQL under load; goes on where it broke off. */
export const CRASH_PART: Part = {
  name: 'crash on PostgreSQL',
  run: async ({ folder, say }) => {
    // Not by the first server that is started: that one has a limited time.
    await build({ ifNeeded: true });
    const files = {
      kills: join(folder, 'kills.jsonl'),
      promotions: join(folder, 'promotions.jsonl'),
    };
    const runs = { kills: runsIn(files.kills), promotions: runsIn(files.promotions) };
    const go = async (which: 'kills' | 'promotions', wanted: number): Promise<void> => {
      while (runs[which].length < wanted) {
        const seed = runs[which].length + 1;
        const isKills = which === 'kills';
        const ground = await (isKills ? openSingle() : openReplicated());
        const run = await oneRun(ground, isKills ? victimsOf(seed) : ['database'], seed);
        runs[which].push(run);
        appendFileSync(files[which], `${JSON.stringify(run)}\n`);
        say(`${which}: run ${seed} of ${wanted}, ${run.survived.payments} payments`);
      }
    };
    await go('kills', KILLS / KILLS_OF_RUN);
    await go('promotions', PROMOTIONS);
    return report(runs.kills, runs.promotions);
  },
};
