import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runCommand, startChild } from '../../test/crash/child.js';
import { openLine } from '../../test/fuzz/http-client.js';
import { fuzzServer } from '../../test/fuzz/requests.js';
import { TARGETS } from '../../test/fuzz/targets.js';
import type { Part, Say } from './part.js';

/** Inputs of one seed: as many as a person can wait for when one of them is to be found again. */
const RUNS_PER_SEED = 2_000;
/** One request over HTTP for so many inputs in the process. */
const INPUTS_PER_REQUEST = 5;
const CONNECTIONS = 8;
/** What a heap may be larger by after the second half of the inputs than after the first. */
const GROWTH_BYTES_MAX = 30_000_000;
/** All that the server is given: what leaks ends it, and what is only garbage is collected soon. */
const HEAP_MIB_MAX = 128;
const HEAP_LOOKS = 40;
const HEAP_LOOK_MS = 50;

/** What was tried, and the heap once half of it had been and when all of it had. */
interface Tried {
  readonly inputs: number;
  readonly perSecond: number;
  readonly heapBytes: readonly [half: number, end: number];
}

/** Runs work until so many inputs are tried, and reads the heap halfway and at the end. */
async function tryMany(
  inputs: number,
  step: (seed: number) => Promise<number>,
  heap: () => Promise<number>,
  firstSeed: number,
): Promise<Tried> {
  let tried = 0;
  let seed = firstSeed;
  const until = async (end: number): Promise<void> => {
    for (; tried < end; seed += 1) tried += await step(seed);
  };
  const startMs = performance.now();
  await until(inputs / 2);
  const workMs = performance.now() - startMs;
  const half = await heap();
  const againMs = performance.now();
  await until(inputs);
  const seconds = (workMs + performance.now() - againMs) / 1000;
  const end = await heap();
  if (end - half > GROWTH_BYTES_MAX)
    throw new Error(`the heap grew from ${half} to ${end} bytes over ${inputs / 2} inputs`);
  return { inputs: tried, perSecond: tried / seconds, heapBytes: [half, end] };
}

async function ownHeap(): Promise<number> {
  // The flag opens what is otherwise out of reach: a collection when it is wanted.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Of another process, which collects when it likes: the least of some looks. */
async function heapAt(port: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < HEAP_LOOKS; look += 1) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const [, bytes] = /^nodejs_heap_size_used_bytes (\S+)$/m.exec(text) ?? [];
    if (bytes === undefined) throw new Error('/metrics says nothing of the heap');
    least = Math.min(least, Number(bytes));
    await new Promise((resolve) => setTimeout(resolve, HEAP_LOOK_MS));
  }
  return least;
}

/** The readers alone, each in its turn. */
function tryReaders(inputs: number, firstSeed: number): Promise<Tried> {
  const step = async (seed: number): Promise<number> => {
    const reader = TARGETS[seed % TARGETS.length];
    if (reader === undefined) throw new Error('there are no readers');
    await reader.run(RUNS_PER_SEED, seed).catch((error: unknown) => {
      throw new Error(`${reader.name}, seed ${seed}`, { cause: error });
    });
    return RUNS_PER_SEED;
  };
  return tryMany(inputs, step, ownHeap, firstSeed);
}

/** A server of its own, over connections that stay open; afterwards its books are verified. */
async function tryServer(data: string, requests: number, firstSeed: number): Promise<Tried> {
  const child = await startChild(data, { NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB_MAX}` });
  const lines = Array.from({ length: CONNECTIONS }, () => openLine(child.port));
  try {
    const step = async (seed: number): Promise<number> => {
      await Promise.all(
        lines.map((line, place) => fuzzServer(line, RUNS_PER_SEED, seed * CONNECTIONS + place)),
      );
      return RUNS_PER_SEED * CONNECTIONS;
    };
    const tried = await tryMany(requests, step, () => heapAt(child.port), firstSeed);
    if (/"level":"(error|fatal)"/.test(child.log())) throw new Error(`it logged: ${child.log()}`);
    return tried;
  } finally {
    for (const line of lines) line.close();
    await child.stop();
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
const row = (name: string, { inputs, perSecond, heapBytes: [half, end] }: Tried): string =>
  `| ${name} | ${inputs.toLocaleString('en-US')} | ${perSecond.toFixed(0)} | ` +
  `${megabytes(half)} | ${megabytes(end)} |`;

async function run(folder: string, rows: number, say: Say): Promise<string[]> {
  const data = join(folder, 'fuzz');
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const seed = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 24);
  say(`  TENDER_SEED=${seed} repeats these inputs`);
  const server = await tryServer(data, rows / INPUTS_PER_REQUEST, seed);
  say(`  ${row('server', server)}`);
  const readers = await tryReaders(rows, seed);
  say(`  ${row('readers', readers)}`);
  const [code, words] = await runCommand('verify', data);
  if (code !== 0) throw new Error(`the books are wrong afterwards: ${words}`);
  return [
    'Inputs that are nearly right, by grammars and by changes of right ones, for the seed',
    `${seed}: each of ${TARGETS.length} readers in one process, then requests of all dialects to a`,
    `server of its own with a heap of ${HEAP_MIB_MAX} MiB, over ${CONNECTIONS} connections that`,
    'stay open. Nothing was thrown that a reader does not say that it throws, nothing answered',
    'with 5xx but what says that a method or a version of HTTP is not offered, nothing logged as',
    'an error, and `tender verify` found no fault.',
    '',
    '| | inputs | inputs/s | heap halfway, MB | heap at the end, MB |',
    '| --- | ---: | ---: | ---: | ---: |',
    row('readers', readers),
    row('requests over HTTP', server),
  ];
}

/** What strangers write, by the million: nothing breaks, hangs or fills the memory. */
export const FUZZ_PART: Part = {
  name: 'fuzz',
  run: ({ folder, rows, say }) => run(folder, rows, say),
};
