import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from '../../bench/load.js';
import { accountNamed, DEFAULT_KEY } from '../../src/api/auth.js';
import { benchEngine, loadEngine } from '../../src/cli/bench-load.js';
import { isFault, readConfig } from '../../src/config.js';
import { openStorage } from '../../src/open-storage.js';
import { startChild } from '../../test/crash/child.js';
import { counted } from './dashboard.js';
import { median } from './load-pace.js';
import { whole } from './load-server.js';
import type { Part, Say } from './part.js';
import { fillWithPayments } from './payments.js';

/** The goal: the rate with many stored, of that with few. */
const GOAL = 0.9;
const ROUNDS = 5;
const SECONDS = 8;
const CONNECTIONS = 64;
/** As the bench's. */
const ENGINE_PAYMENTS = 256;
/** The account whose payments are stored pays: its part of each index is the large one. */
const ACCOUNT = 'prove';

interface Rates {
  readonly engine: number[];
  readonly http: number[];
}

/** Makes the payments, and lets a server count them for its dashboard: that is done only once. */
async function fill(data: string, payments: number, say: Say): Promise<void> {
  mkdirSync(data, { recursive: true });
  await fillWithPayments(data, payments, say);
  const server = await startChild(data);
  await counted(`http://127.0.0.1:${server.port}`, payments, say);
  await server.stop();
}

async function payByEngine(data: string): Promise<number> {
  const config = readConfig({ TENDER_DATA: data }, {});
  if (isFault(config)) throw new Error(config.fault);
  const storage = await openStorage(config, 'prove');
  const engine = benchEngine(storage.store);
  const account = accountNamed(ACCOUNT);
  const { perSecond } = await loadEngine(engine, ENGINE_PAYMENTS, SECONDS, undefined, account);
  await engine.drain();
  await storage.close();
  return perSecond;
}

async function payOverHttp(data: string): Promise<number> {
  const server = await startChild(data, { TENDER_API_KEYS: `${ACCOUNT}:${DEFAULT_KEY}` });
  const { perSecond } = await measure(server.port, CONNECTIONS, SECONDS);
  await server.stop();
  return perSecond;
}

async function payOnce(name: string, data: string, rates: Rates, say: Say): Promise<void> {
  rates.engine.push(await payByEngine(data));
  rates.http.push(await payOverHttp(data));
  say(
    `  ${name}: engine ${whole(rates.engine.at(-1) ?? 0)}, ${whole(rates.http.at(-1) ?? 0)} HTTP`,
  );
}

function row(name: string, few: readonly number[], many: readonly number[]): string {
  const rates = [median(few), median(many)];
  const ratio = median(many) / median(few);
  return `| ${[name, ...rates.map(whole), ratio.toFixed(2)].join(' | ')} |`;
}

/** Whether many stored payments make new ones slower. */
export const STORED_PART: Part = {
  name: 'load: many stored payments',
  run: async ({ folder, rows, say }) => {
    const stored = { few: rows / 100, many: rows * 5 };
    const [few, many] = [join(folder, 'load-few'), join(folder, 'load-many')];
    await fill(few, stored.few, say);
    await fill(many, stored.many, say);
    const kept = join(folder, 'load-few.db');
    if (!existsSync(kept)) copyFileSync(join(few, 'tender.db'), kept);
    const rates = { few: { engine: [], http: [] }, many: { engine: [], http: [] } };
    for (let round = 0; round < ROUNDS; round++) {
      // What the round before has paid is many times what was stored.
      for (const end of ['-wal', '-shm']) rmSync(join(few, `tender.db${end}`), { force: true });
      copyFileSync(kept, join(few, 'tender.db'));
      await payOnce(whole(stored.few), few, rates.few, say);
      await payOnce(whole(stored.many), many, rates.many, say);
    }
    return [
      `SQLite, ${whole(stored.few)} and ${whole(stored.many)} stored payments of one account,`,
      `which makes new ones: in turns, ${ROUNDS} times each for ${SECONDS} s, medians. Those of`,
      `before are copied as for verify. The goal is a ratio of ${GOAL}.`,
      '',
      `| payments/s | of ${whole(stored.few)} | of ${whole(stored.many)} | ratio |`,
      '| --- | ---: | ---: | ---: |',
      row('engine alone', rates.few.engine, rates.many.engine),
      row(`HTTP, ${CONNECTIONS} connections`, rates.few.http, rates.many.http),
    ];
  },
};
