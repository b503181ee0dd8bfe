import { randomFillSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { isFault, readConfig } from '../../src/config.js';
import { makeIdSource } from '../../src/domain/id.js';
import type { Intent } from '../../src/domain/intent.js';
import { LIMITS } from '../../src/limits.js';
import { startTender } from '../../src/main.js';
import { openStorage } from '../../src/open-storage.js';
import { createDatabase, startPostgres } from '../../test/support/postgres.js';
import type { Part, Say } from './part.js';

const QUERIES = 1_000;
const KEY = 'sk_test_prove';
/** How many intents share a value of `group`, and how many values `tier` has. */
const GROUP_SIZE = 10;
const TIERS = 10;

interface Place {
  readonly env: Record<string, string>;
  readonly say: Say;
  readonly intents: number;
  /** Rows written in one transaction: on SQLite many, as each of their labels touches a page. */
  readonly fillRows: number;
}

function configOf({ env }: Place) {
  const config = readConfig({ ...env, PORT: '0', TENDER_LOG: 'error' }, {});
  if (isFault(config)) throw new Error(JSON.stringify(config));
  return config;
}

interface Reply {
  readonly status: number;
  readonly body: { readonly [field: string]: unknown };
}

function ask(origin: string, method: string, path: string, form = ''): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${KEY}`,
      ...(form === '' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const outgoing = request(new URL(path, origin), { method, headers }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(text) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(form);
  });
}

/** Makes one payment through the API: the account, and a row to make the others after. */
async function example(place: Place): Promise<void> {
  const tender = await startTender(configOf(place));
  const form = 'amount=1099&currency=usd&metadata[order_id]=none';
  await ask(tender.boundUrl, 'POST', '/v1/payment_intents', form);
  await tender.stop();
}

function metadataOf(i: number): Intent['metadata'] {
  return {
    order_id: `order-${i}`,
    group: `group-${Math.floor(i / GROUP_SIZE)}`,
    tier: `tier-${i % TIERS}`,
  };
}

/** Fills what is missing: a run that broke off left whole transactions, and then examples. */
async function fill(place: Place): Promise<void> {
  await example(place);
  const { store, close } = await openStorage(configOf(place), 'prove');
  const [first] = await store.scan('intents', null, 1);
  if (first === undefined) throw new Error('no intent to make others after');
  const ids = makeIdSource({ now: Date.now, random: randomFillSync });
  const { rows } = await store.search({
    table: 'intents',
    account: first.account,
    sources: [],
    conditions: [],
    window: 64,
    limit: 64,
  });
  const newest = rows.find(({ metadata }) => metadata.order_id !== 'none');
  let from = 0;
  if (newest !== undefined) from = Number(newest.metadata.order_id?.slice('order-'.length)) + 1;
  const startMs = performance.now();
  for (let at = from; at < place.intents; at += place.fillRows) {
    const count = Math.min(place.fillRows, place.intents - at);
    const changes = Array.from({ length: count }, (_, i) => ({
      table: 'intents' as const,
      kind: 'insert' as const,
      row: { ...first, id: ids.next('pi_', 24), metadata: metadataOf(at + i) },
    }));
    await store.transact(ids.next('bat_', 24), ({ write }) => write({ changes, postings: [] }));
    if ((at + count) % 100_000 === 0)
      place.say(`  ${at + count} intents, ${Math.round((performance.now() - startMs) / 1000)} s`);
  }
  await close();
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function line(name: string, times: number[], found: string): string {
  const sorted = times.toSorted((a, b) => a - b);
  const cells = [percentile(sorted, 0.5), percentile(sorted, 0.99), sorted.at(-1) ?? 0];
  const shown = cells.map((ms) => ms.toFixed(1)).join(' | ');
  return `| ${name} | ${times.length} | ${shown} | ${found} |`;
}

type Kind = readonly [name: string, query: (n: number) => string, matches: number | null];

function kindsOf(intents: number): readonly Kind[] {
  const any = (n: number): number => Math.floor((n * 7919 * 131) % intents);
  return [
    ['one match', (n) => `metadata["order_id"]:"order-${any(n)}"`, 1],
    ['ten matches', (n) => `metadata["group"]:"group-${Math.floor(any(n) / GROUP_SIZE)}"`, 10],
    [
      `${intents / TIERS} matches, the first ten`,
      (n) => `metadata["tier"]:"tier-${n % TIERS}"`,
      10,
    ],
    ['none', (n) => `metadata["order_id"]:"missing-${n}"`, 0],
    [
      'two clauses, one match',
      (n) => `metadata["tier"]:"tier-${any(n) % TIERS}" metadata["order_id"]:"order-${any(n)}"`,
      1,
    ],
  ];
}

async function timed(origin: string, query: string): Promise<{ ms: number; reply: Reply }> {
  const path = `/v1/payment_intents/search?query=${encodeURIComponent(query)}`;
  const startMs = performance.now();
  const reply = await ask(origin, 'GET', path);
  return { ms: performance.now() - startMs, reply };
}

async function measure(place: Place): Promise<string[]> {
  const tender = await startTender(configOf(place));
  const lines = [
    '| equality on metadata | queries | p50 ms | p99 ms | slowest ms | found |',
    '| --- | ---: | ---: | ---: | ---: | --- |',
  ];
  for (const [name, query, matches] of kindsOf(place.intents)) {
    const times: number[] = [];
    for (let n = 0; n < QUERIES; n++) {
      const { ms, reply } = await timed(tender.boundUrl, query(n));
      const found = (reply.body.data as unknown[] | undefined)?.length;
      if (found !== matches) throw new Error(`${query(n)}: ${JSON.stringify(reply).slice(0, 500)}`);
      times.push(ms);
    }
    lines.push(line(name, times, 'as expected, each'));
    place.say(`  ${lines.at(-1)}`);
  }
  const substring: number[] = [];
  let refused = 0;
  for (let n = 0; n < 10; n++) {
    const { ms, reply } = await timed(tender.boundUrl, `metadata["order_id"]~"absent-${n}"`);
    refused += Number(reply.status === 400);
    substring.push(ms);
  }
  const limit = LIMITS.engine.search_ms_max;
  lines.push(
    line(`a part of a text that none has (limit ${limit} ms)`, substring, `${refused} refused`),
  );
  place.say(`  ${lines.at(-1)}`);
  await tender.stop();
  return lines;
}

async function prove(place: Place): Promise<string[]> {
  const startMs = performance.now();
  await fill(place);
  const filled = `Filled with ${place.intents} intents of three metadata keys each.`;
  place.say(`  filled after ${Math.round((performance.now() - startMs) / 1000)} s`);
  return [filled, '', ...(await measure(place))];
}

/** Metadata searches over a million intents, on each store. */
export const SEARCH_PARTS: readonly Part[] = [
  {
    name: 'search on SQLite',
    run: ({ folder, rows, say }) => {
      const data = join(folder, 'search-sqlite');
      mkdirSync(data, { recursive: true });
      return prove({ env: { TENDER_DATA: data }, say, intents: rows, fillRows: 50_000 });
    },
  },
  {
    name: 'search on PostgreSQL',
    run: async ({ folder, rows, say }) => {
      const data = join(folder, 'search-postgres');
      mkdirSync(data, { recursive: true });
      const server = await startPostgres();
      try {
        const url = await createDatabase(server.url);
        const env = { TENDER_DATA: data, DATABASE_URL: url };
        return await prove({ env, say, intents: rows, fillRows: 5_000 });
      } finally {
        await server.stop();
      }
    },
  },
];
