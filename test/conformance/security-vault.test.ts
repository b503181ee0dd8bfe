import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { checkDatabase } from '../../src/cli/doctor-database.js';
import { reseal } from '../../src/cli/reseal.js';
import { type Config, isFault, readConfig } from '../../src/config.js';
import { deriveKeys } from '../../src/engine/keys.js';
import { oldSeals } from '../../src/engine/reseal.js';
import { startTender, type Tender } from '../../src/main.js';
import { openStorage } from '../../src/open-storage.js';

import type { Wire } from './dojo/client.js';

/** The master key is changed on the whole server: what was sealed before is used after it. */

const [OLD, NEW] = ['a1'.repeat(32), 'b2'.repeat(32)];
const NUMBER = '4000056655665556';
const KEY = 'sk_test_vault';

let folder: string;
let secrets: unknown;
let fingerprint: string | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tender-vault-'));
});
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function configOf(env: Record<string, string>): Config {
  const base = { TENDER_DATA: folder, PORT: '0', TENDER_WALLET_PORT: 'off', TENDER_LOG: 'silent' };
  const config = readConfig({ ...base, ...env }, {});
  if (isFault(config)) throw new Error(config.fault);
  return config;
}

const clientOf = ({ boundUrl }: Tender): Stripe =>
  new Stripe(KEY, {
    host: '127.0.0.1',
    port: Number(new URL(boundUrl).port),
    protocol: 'http',
    maxNetworkRetries: 0,
  });

/** Calls the Dojo dialect, whose subscriptions show their secrets at any time. */
async function dojo(
  { boundUrl }: Tender,
  path: string,
  method = 'GET',
  body?: object,
): Promise<Wire> {
  const reply = await fetch(`${boundUrl}${path}`, {
    method,
    headers: {
      authorization: 'Basic sk_sandbox_vault',
      version: '2025-09-10',
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await reply.json();
  if (!reply.ok) throw new Error(JSON.stringify(answer));
  return answer;
}

const card = (stripe: Stripe): Promise<Stripe.PaymentMethod> =>
  stripe.paymentMethods.create({
    type: 'card',
    card: { number: NUMBER, exp_month: 12, exp_year: 2034, cvc: '123' },
  });

/** What `tender doctor` thinks of the key. */
async function toldOfKey(env: Record<string, string>): Promise<string | undefined> {
  const findings = await checkDatabase(configOf(env));
  return findings.find(({ check }) => check === 'Key')?.state;
}

/** What of a row is sealed with another key than this one. */
async function sealedOtherwise(master: string): Promise<number> {
  const keys = deriveKeys(Buffer.from(master, 'hex'));
  const { store, close } = await openStorage(configOf({ TENDER_KEY: master }), 'a test');
  const tables = ['methods', 'tokens', 'subscriptions', 'accounts'] as const;
  const rows = await Promise.all(tables.map((table) => store.scan(table, null, 100)));
  await close();
  return rows.flat().reduce((sum, row) => sum + oldSeals(keys, row), 0);
}

// Whole servers start and stop here, beside whatever else the machine does.
describe('what is sealed with the first key', { timeout: 120_000 }, () => {
  test('opens with that key alone', async () => {
    const tender = await startTender(configOf({ TENDER_KEY: OLD }));
    const stripe = clientOf(tender);
    fingerprint = (await card(stripe)).card?.fingerprint ?? undefined;
    await stripe.tokens.create({
      card: { number: NUMBER, exp_month: '12', exp_year: '2034', cvc: '123' },
    });
    const hook = { url: 'http://127.0.0.1:9/', events: ['payment_intent.created'] };
    const { id } = await dojo(tender, '/webhooks', 'POST', hook);
    await dojo(tender, `/webhooks/${id}/secrets`, 'POST');
    secrets = await dojo(tender, `/webhooks/${id}/secrets`);
    await dojo(tender, '/epos/integrations/rest', 'PUT', {
      url: 'https://epos.example/orders',
      capabilities: [{ name: 'GetOrderById', version: '1.0.0' }],
      auth: { authType: 'basic', basic: { username: 'epos', password: 'hunter2' } },
    });
    await tender.stop();
    // A card, a token, a secret that signs and is listed, another one, a password.
    expect(await sealedOtherwise(NEW)).toBe(6);
    expect(await sealedOtherwise(OLD)).toBe(0);
  });

  test('works on under the next key while the first is named as previous', async () => {
    const tender = await startTender(configOf({ TENDER_KEY: NEW, TENDER_PREVIOUS_KEYS: OLD }));
    const [{ id }] = await dojo(tender, '/webhooks');
    expect(await dojo(tender, `/webhooks/${id}/secrets`)).toEqual(secrets);
    expect((await card(clientOf(tender))).card?.fingerprint).toBe(fingerprint);
    await tender.stop();
    expect(await toldOfKey({ TENDER_KEY: NEW, TENDER_PREVIOUS_KEYS: OLD })).toBe('warning');
    expect(await toldOfKey({ TENDER_KEY: NEW })).toBe('failed');
  });

  test('is not sealed anew where no key, or a wrong one, is named as previous', async () => {
    vi.stubEnv('TENDER_KEY', NEW);
    vi.stubEnv('TENDER_PREVIOUS_KEYS', '');
    await expect(reseal({ data: folder })).rejects.toThrow('names no key');
    vi.stubEnv('TENDER_PREVIOUS_KEYS', 'c3'.repeat(32));
    await expect(reseal({ data: folder })).rejects.toThrow('which is not given');
    vi.stubEnv('TENDER_PREVIOUS_KEYS', NEW);
    await expect(reseal({ data: folder })).rejects.toThrow('a key twice');
    expect(await sealedOtherwise(NEW)).toBe(6);
  });

  test('is sealed anew by the command, and then needs the first key no more', async () => {
    vi.stubEnv('TENDER_KEY', NEW);
    vi.stubEnv('TENDER_PREVIOUS_KEYS', OLD);
    await reseal({ data: folder });
    expect(vi.mocked(process.stdout.write).mock.calls.join()).toContain('5 texts');
    expect(await sealedOtherwise(NEW)).toBe(0);
    await reseal({ data: folder });
    expect(vi.mocked(process.stdout.write).mock.calls.join()).toContain(': 0 texts');
    const tender = await startTender(configOf({ TENDER_KEY: NEW }));
    const [{ id }] = await dojo(tender, '/webhooks');
    const now = await dojo(tender, `/webhooks/${id}/secrets`);
    expect(now).toEqual(secrets);
    await tender.stop();
    expect(await toldOfKey({ TENDER_KEY: NEW })).toBe('ok');
  });
});
