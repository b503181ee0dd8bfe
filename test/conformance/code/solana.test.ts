import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paymentIntents } from '@code-wallet/client';
import { encode } from '@code-wallet/intents';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SocketConstructor } from '../../../sdk/wallet/envelope.js';
import { keysFromPhrase, newPhrase } from '../../../sdk/wallet/keys.js';
import { parseScanned } from '../../../sdk/wallet/scan.js';
import { connect, type Wallet } from '../../../sdk/wallet/wallet.js';
import { nodeCurve } from '../../../src/cli/wallet-curve.js';
import { type Config, isFault, readConfig } from '../../../src/config.js';
import { startTender, type Tender } from '../../../src/main.js';
import { type JwtSink, openJwtSink } from '../../support/jwt-sink.js';
import { until } from '../../support/sink.js';
import { newPostgresDatabase, ON_POSTGRES } from '../../support/stores.js';
import { newAddress, newOrder } from './shop.js';

/** The whole server with a chain of its own: unmodified client, wallet's library, webhooks. */

let folder: string;
let tender: Tender;
let sink: JwtSink;

function configuration(env: Readonly<Record<string, string>> = {}): Config {
  const own = { PORT: '0', TENDER_LOG: 'silent', TENDER_DATA: folder, TENDER_SOLANA: 'local' };
  const read = readConfig({ ...own, TENDER_KEY: '7'.repeat(64), ...env }, {});
  if (isFault(read)) throw new Error(read.fault);
  return read;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tender-solana-'));
  sink = await openJwtSink();
});
afterEach(async () => {
  await sink.close();
  rmSync(folder, { recursive: true, force: true });
});

async function walletOf(phrase = newPhrase()): Promise<Wallet> {
  const keys = await keysFromPhrase(phrase, nodeCurve);
  const socket = WebSocket as unknown as SocketConstructor;
  return connect({ url: tender.boundUrl, keys, WebSocket: socket });
}

/** Scans a request of the unmodified client and pays it. */
async function buy(payer: Wallet, destination: string, fees: object[] = []) {
  const options = {
    ...{ mode: 'payment', destination, amount: 0.05, currency: 'usd', fees },
    ...{ idempotencyKey: newOrder(), webhook: { url: sink.url } },
    endpoint: `${tender.boundUrl}/v1`,
  };
  const { clientSecret, id } = await paymentIntents.create(options as never);
  const shown = encode({ ...options, clientSecret } as never);
  const link = `codewallet://x/v1/elements/payment-request-modal-mobile/#/c/p=${shown}`;
  const offer = await payer.read((await parseScanned(link)).payload);
  if (offer.kind !== 'payment') throw new Error(`a ${offer.kind}`);
  const { quarks } = await payer.pay(offer);
  const status = await paymentIntents.getStatus({
    intent: id,
    endpoint: options.endpoint,
  } as never);
  return { id, quarks, status };
}

describe.skipIf(ON_POSTGRES)('a server with a chain of its own', () => {
  test('has the whole payment on it, webhooks included, and its next start', async () => {
    tender = await startTender(configuration());
    const phrase = newPhrase();
    try {
      const [payer, shop, partner] = [await walletOf(phrase), await walletOf(), await walletOf()];
      const given = await payer.faucet();
      for (const wallet of [shop, partner]) await wallet.faucet();
      expect(await payer.balance()).toBe(given);
      const fees = [{ destination: partner.address, basisPoints: 333 }];
      const { id, quarks, status } = await buy(payer, shop.address, fees);
      expect(status).toMatchObject({ status: 'confirmed' });
      const fee = (quarks * 333n) / 10_000n;
      await until(async () => (await shop.balance()) === given + quarks - fee);
      expect(await partner.balance()).toBe(given + fee);
      // Until the books have the payment's end too, it counts as still to be taken: too little.
      await until(async () => (await payer.balance()) === given - quarks);
      await sink.arrived(2);
      const told = sink.arrivals.map(({ jwt }) => decodeJwt(jwt));
      expect(told.map(({ state }) => state)).toEqual(['SUBMITTED', 'SETTLED']);
      expect(told[0]).not.toHaveProperty('transaction');
      expect(told[1]).toMatchObject({
        intent: id,
        quarks: Number(quarks),
        transaction: expect.stringMatching(/^[1-9A-HJ-NP-Za-km-z]{80,90}$/),
      });
      await tender.stop();
      tender = await startTender(configuration());
      const again = await walletOf(phrase);
      expect(await again.balance()).toBe(given - quarks);
      await buy(again, shop.address);
    } finally {
      await tender.stop();
    }
  });

  test('refuses, by the published rules, to ask for money where none can go', async () => {
    tender = await startTender(configuration());
    try {
      const destination = newAddress();
      const asked = paymentIntents.create({
        ...{ mode: 'payment', destination, amount: 0.05, currency: 'usd' },
        endpoint: `${tender.boundUrl}/v1`,
      } as never);
      await expect(asked).rejects.toThrow('400');
    } finally {
      await tender.stop();
    }
  });
});

test('a server does not start without the chain that it is told to use', async () => {
  const url = 'http://127.0.0.1:9';
  const mint = newAddress();
  const elsewhere = configuration({ TENDER_SOLANA: url, TENDER_SOLANA_MINT: mint });
  // It may be away for a while: the server is there, and says so in its log.
  tender = await startTender(elsewhere);
  await tender.stop();
  if (!ON_POSTGRES) return;
  const shared = configuration({ DATABASE_URL: await newPostgresDatabase() });
  await expect(startTender(shared)).rejects.toThrow('goes with a data folder');
});
