import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Keypair } from '@code-wallet/keys';
import { afterAll, beforeAll, expect } from 'vitest';
import type { CodeSettings } from '../../../src/api/code/settings.js';
import { INSTALLATION, type Wallet } from '../../../src/domain/rendezvous.js';
import { startTestTender, type TestTender } from '../../support/tender.js';
import { openWallet, type PublishedWallet } from './wallet.js';

/** The domain whose keys a test server finds on loopback, and the key that it lists. */
export const DOMAIN = 'shop.example';
export const VERIFIER = Keypair.fromSeed(new Uint8Array(32).fill(9));

/** A server for a file of tests, and what they do with it. */
export interface Shop {
  readonly tender: TestTender;
  /** What the published client is told: the root of the API. */
  readonly endpoint: string;
  /** A wallet with test money. */
  wallet(): Promise<PublishedWallet>;
  /** What an address holds in the installation's books, in quarks. */
  held(address: string): Promise<bigint>;
}

/** An address that nobody has used before. */
export function newAddress(): string {
  return Keypair.generate().getPublicKey().toBase58();
}

let orders = 0;

/** An idempotency key that nobody has used before: they are one server's, whoever sends them. */
export function newOrder(): string {
  orders += 1;
  return `order-${process.pid}-${orders}`;
}

/** Starts a server, with a site on loopback that lists the domain's key; both end with the file. */
export function shop(settings: Partial<CodeSettings> = {}): Shop {
  let tender: TestTender;
  const site = createServer((_, response) => {
    response.end(JSON.stringify({ public_keys: [VERIFIER.getPublicKey().toBase58()] }));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    tender = await startTestTender({ code: { domainOrigins: { [DOMAIN]: origin }, ...settings } });
  });
  afterAll(async () => {
    site.close();
    await tender.stop();
    expect(tender.errors).toEqual([]);
  });
  return {
    get tender() {
      return tender;
    },
    get endpoint() {
      return `${tender.url}/v1`;
    },
    wallet: async () => {
      const wallet = openWallet(tender.url);
      await wallet.fill();
      return wallet;
    },
    held: async (address) => {
      const found: Wallet | null = await tender.engine.read(
        INSTALLATION,
        (need) => void need('wallets', address),
        (rows) => rows.get('wallets', address),
      );
      return found?.balance ?? 0n;
    },
  };
}
