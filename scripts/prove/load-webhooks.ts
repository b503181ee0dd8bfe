import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { measure } from '../../bench/load.js';
import { accountNamed, DEFAULT_KEY } from '../../src/api/auth.js';
import { benchEngine, pay } from '../../src/cli/bench-load.js';
import { isFault, readConfig } from '../../src/config.js';
import { openStorage } from '../../src/open-storage.js';
import { startChild } from '../../test/crash/child.js';
import { createDatabase, startPostgres } from '../../test/support/postgres.js';
import { median } from './load-pace.js';
import { cpuSeconds, whole } from './load-server.js';
import type { Arrived } from './load-sink.js';
import type { Part, Say } from './part.js';

const GOAL_PER_SECOND = 2_000;
const ROUNDS = 3;
/** Each is told in three events: created, charged, succeeded. */
const EVENTS_A_PAYMENT = 3;
const PAYMENTS_UNDER_WAY = 256;
const CONNECTIONS = 64;
const SECONDS_UNDER_LOAD = 20;
const LOOK_MS = 100;
/** Nothing has arrived for so long: what is missing does not come. */
const SILENCE_MS_MAX = 30_000;

interface Sink {
  readonly url: string;
  arrived(): Promise<Arrived>;
  stop(): Promise<void>;
}

async function startSink(): Promise<Sink> {
  const script = join(import.meta.dirname, 'load-sink.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = `http://127.0.0.1:${JSON.parse(String(line)).port}/`;
  return {
    url,
    arrived: async () => (await (await fetch(url)).json()) as Arrived,
    stop: async () => {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}

/** Has all events of the account that the bench pays with sent to a URL. */
async function subscribe(port: number, url: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/webhook_endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEFAULT_KEY}` },
    body: new URLSearchParams([
      ['url', url],
      ['enabled_events[]', '*'],
    ]),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Pays by the engine alone, which sends nothing: every event waits for a server. */
async function payUnsent(env: Record<string, string>, payments: number): Promise<void> {
  const config = readConfig(env, {});
  if (isFault(config)) throw new Error(config.fault);
  const storage = await openStorage(config, 'prove');
  const engine = benchEngine(storage.store);
  const account = accountNamed('tender');
  let left = payments;
  await Promise.all(
    Array.from({ length: PAYMENTS_UNDER_WAY }, async () => {
      while (left-- > 0) await pay(engine, account);
    }),
  );
  await engine.drain();
  await storage.close();
}

/** Waits until so many events have arrived; answers what has. */
async function allOf(sink: Sink, events: number): Promise<Arrived> {
  for (const startMs = Date.now(); ; await sleep(LOOK_MS)) {
    const arrived = await sink.arrived();
    if (arrived.events >= events) return arrived;
    if (Date.now() - Math.max(startMs, arrived.lastMs) > SILENCE_MS_MAX)
      throw new Error(`${arrived.events} of ${events} events have arrived`);
  }
}

interface Delivered {
  /** Of the backlog, by the server that does nothing else. */
  readonly perSecond: number;
  /** The server's processor time for each of them, its start not counted. */
  readonly cpu_us: number;
  /** At the highest load, with the events of its payments beside it. */
  readonly paymentsPerSecond: number;
  readonly besidePerSecond: number;
  /** Over what is left then, until the last has arrived. */
  readonly caughtUpSeconds: number;
  readonly doubles: number;
}

/** A backlog, then payments at the highest load with their events, then what was left. */
async function deliver(
  data: string,
  more: Record<string, string>,
  backlog: number,
): Promise<Delivered> {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const sink = await startSink();
  const first = await startChild(data, more);
  await subscribe(first.port, sink.url);
  await first.stop();
  await payUnsent({ TENDER_DATA: data, ...more }, backlog / EVENTS_A_PAYMENT);
  const server = await startChild(data, more);
  const cpuBefore = cpuSeconds(server.pid);
  const sent = await allOf(sink, backlog);
  const cpu_us = ((cpuSeconds(server.pid) - cpuBefore) * 1e6) / backlog;
  const startMs = performance.now();
  const { perSecond } = await measure(server.port, CONNECTIONS, SECONDS_UNDER_LOAD);
  const beside = await sink.arrived();
  const besideSeconds = (performance.now() - startMs) / 1000;
  const endedMs = Date.now();
  const last = await settled(sink);
  await server.stop();
  await sink.stop();
  rmSync(data, { recursive: true, force: true });
  return {
    perSecond: (backlog * 1000) / (sent.lastMs - sent.firstMs),
    cpu_us,
    paymentsPerSecond: perSecond,
    besidePerSecond: (beside.messages - sent.messages) / besideSeconds,
    caughtUpSeconds: Math.max(0, last.lastMs - endedMs) / 1000,
    doubles: last.messages - last.events,
  };
}

/** What has arrived once nothing more comes. */
async function settled(sink: Sink): Promise<Arrived> {
  const QUIET_MS = 3_000;
  for (;;) {
    const { messages } = await sink.arrived();
    await sleep(QUIET_MS);
    const arrived = await sink.arrived();
    if (arrived.messages === messages) return arrived;
  }
}

function row(store: string, rounds: readonly Delivered[]): string {
  const of = (figure: keyof Delivered): number => median(rounds.map((round) => round[figure]));
  const rates = [of('perSecond'), of('cpu_us'), of('paymentsPerSecond'), of('besidePerSecond')];
  const doubles = rounds.reduce((sum, round) => sum + round.doubles, 0);
  const cells = [store, ...rates.map(whole), of('caughtUpSeconds').toFixed(1), doubles];
  return `| ${cells.join(' | ')} |`;
}

/** How many webhooks are delivered to a receiver that answers at once. */
export const WEBHOOKS_PART: Part = {
  name: 'load: webhooks',
  run: async ({ folder, rows, say }) => {
    const data = join(folder, 'load-webhooks');
    const backlog = Math.ceil(rows / 20 / EVENTS_A_PAYMENT) * EVENTS_A_PAYMENT;
    const roundsOn = async (
      store: string,
      newEnv: () => Promise<Record<string, string>>,
      tell: Say,
    ): Promise<string> => {
      const rounds: Delivered[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const delivered = await deliver(data, await newEnv(), backlog);
        rounds.push(delivered);
        const { perSecond, besidePerSecond } = delivered;
        tell(`  ${store}: ${whole(perSecond)}/s, ${whole(besidePerSecond)}/s beside payments`);
      }
      return row(store, rounds);
    };
    const onSqlite = await roundsOn('SQLite', async () => ({}), say);
    const postgres = await startPostgres();
    const onPostgres = await roundsOn(
      'PostgreSQL',
      async () => ({ DATABASE_URL: await createDatabase(postgres.url) }),
      say,
    );
    await postgres.stop();
    return [
      'One endpoint for all events, in a process of its own that answers 200 at once. A server',
      `is started over ${whole(backlog)} events that wait; the rate is from the first to the last`,
      `that arrives. Then ${CONNECTIONS} connections make payments without a pause for`,
      `${SECONDS_UNDER_LOAD} s, ${EVENTS_A_PAYMENT} events each. Every delivery is written down.`,
      `The median of ${ROUNDS} rounds each; the goal is ${whole(GOAL_PER_SECOND)} deliveries/s.`,
      '',
      '| | deliveries/s | µs of processor each | payments/s | deliveries/s beside them |' +
        ' caught up after, s | sent twice |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
      onSqlite,
      onPostgres,
    ];
  },
};
