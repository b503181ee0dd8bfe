import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Config, isFault, readConfig } from '../../../src/config.js';
import { startTender, type Tender } from '../../../src/main.js';
import { newPostgresDatabase, ON_POSTGRES } from '../../support/stores.js';
import { newName } from '../../support/tender.js';
import { PAID } from './shop.js';
import { type Sink, startSink, verified } from './webhook-sink.js';

let sink: Sink;
let folder: string;
let running: Tender | null = null;

beforeEach(async () => {
  sink = await startSink();
  folder = mkdtempSync(join(tmpdir(), 'tender-restart-'));
});
afterEach(async () => {
  await running?.stop();
  running = null;
  await sink.close();
  rmSync(folder, { recursive: true, force: true });
});

async function configuration(): Promise<Config> {
  const database = ON_POSTGRES ? { DATABASE_URL: await newPostgresDatabase() } : {};
  const key = { TENDER_KEY: '7'.repeat(64) };
  const read = readConfig(
    { PORT: '0', TENDER_LOG: 'silent', TENDER_DATA: folder, ...key, ...database },
    {},
  );
  if (isFault(read)) throw new Error(read.fault);
  return read;
}

function clientOf({ boundUrl }: Tender, name: string): Stripe {
  const port = Number(new URL(boundUrl).port);
  return new Stripe(`sk_test_${name}`, { host: '127.0.0.1', port, protocol: 'http' });
}

test('what waited for an endpoint when the server stopped comes after its next start', async () => {
  const config = await configuration();
  const name = newName();
  running = await startTender(config);
  const before = clientOf(running, name);
  sink.answers.set('/hook', () => 503);
  const { secret } = await before.webhookEndpoints.create({
    url: `${sink.url}/hook`,
    enabled_events: ['*'],
  });
  for (let at = 0; at < 4; at += 1) await before.paymentIntents.create(PAID);
  const made = (await before.events.list({ limit: 100 })).data.map(({ id }) => id);
  expect(made).toHaveLength(12);
  await sink.arrived('/hook', 1);
  await running.stop();

  sink.answers.delete('/hook');
  const seen = sink.received.length;
  running = await startTender(config);
  const arrived = async () => {
    const events = sink.received.slice(seen).map((one) => verified(one, secret ?? ''));
    return new Set(events.map(({ id }) => id));
  };
  const endMs = Date.now() + 40_000;
  while ((await arrived()).size < made.length && Date.now() < endMs)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect([...(await arrived())].sort()).toEqual(made.toSorted());
  const after = clientOf(running, name);
  expect((await after.paymentIntents.list()).data).toHaveLength(4);
});
