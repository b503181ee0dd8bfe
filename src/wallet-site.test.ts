import { afterEach, describe, expect, test } from 'vitest';
import type { Mount } from './api/http.js';
import { plainError } from './api/plain-reply.js';
import { type RunningServer, startServer } from './api/server.js';
import { LIMITS } from './limits.js';
import { makeWalletSite, type ServedAs, type WalletSite } from './wallet-site.js';

const SERVED: ServedAs = {
  host: '127.0.0.1',
  tls: null,
  allowedHosts: ['127.0.0.1'],
  limits: LIMITS.http,
  log: { error: () => {}, debug: () => {}, isLevelEnabled: () => false },
};

const mountAt = (prefix: string): Mount => ({
  prefix,
  handle: () => ({ status: 200, headers: {}, body: `answered by ${prefix}` }),
  tooLarge: () => plainError(413, 'too large'),
});

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.stop();
});

interface Opened {
  readonly site: WalletSite;
  readonly warnings: string[];
}

async function open(port = 0, url: string | null = null): Promise<Opened> {
  const warnings: string[] = [];
  const site = makeWalletSite({
    wallet: { port, url },
    mode: 'sandbox',
    mounts: ['/v1/api', '/v1/api/', '/v1/elements/', '/v1/getStatus'].map(mountAt),
    reached: (bound) => bound.replace('127.0.0.1', 'localhost'),
    served: { ...SERVED, allowedHosts: null },
    warn: (message) => void warnings.push(message),
  });
  opened.push(site);
  await site.start();
  return { site, warnings };
}

/** A server with the mounts that lead to the wallet, as Tender's own is one. */
async function tenderWith(site: WalletSite): Promise<RunningServer> {
  const server = await startServer({ ...SERVED, port: 0, mounts: site.mounts });
  opened.push(server);
  return server;
}

async function ledTo(url: string, path: string): Promise<string | null> {
  const { status, headers } = await fetch(`${url}${path}`, { redirect: 'manual' });
  expect(status).toBe(307);
  return headers.get('location');
}

describe('/wallet on Tender’s own server', () => {
  test('leads to the wallet’s origin, with path and query but no fragment', async () => {
    const { site } = await open();
    const { url } = await tenderWith(site);
    const place = site.url();
    expect(place).toMatch(/^http:\/\/localhost:\d+$/);
    expect(await ledTo(url, '/wallet')).toBe(`${place}/`);
    expect(await ledTo(url, '/wallet/')).toBe(`${place}/`);
    expect(await ledTo(url, '/wallet/x/ada?from=shop')).toBe(`${place}/x/ada?from=shop`);
    // Not somewhere else, however the path begins.
    expect(await ledTo(url, '/wallet//evil.example/')).toBe(`${place}//evil.example/`);
  });

  test('leads to the origin that the wallet has behind a proxy', async () => {
    const { site } = await open(0, 'https://wallet.example');
    const { url } = await tenderWith(site);
    expect(await ledTo(url, '/wallet')).toBe('https://wallet.example/');
  });

  test('says that there is none where none is offered', async () => {
    const warn = (): void => {};
    const site = makeWalletSite({
      wallet: null,
      mode: 'live',
      mounts: [],
      reached: (bound) => bound,
      served: SERVED,
      warn,
    });
    await site.start();
    expect(site.url()).toBeNull();
    const { url } = await tenderWith(site);
    const response = await fetch(`${url}/wallet`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('TENDER_WALLET_PORT');
  });
});

describe('the wallet’s origin', () => {
  test('has the API, and none of what shops frame', async () => {
    const { site } = await open();
    const text = async (path: string): Promise<string> =>
      (await fetch(`${site.url()}${path}`)).text();
    expect(await text('/v1/api')).toBe('answered by /v1/api');
    expect(await text('/v1/api/')).toBe('answered by /v1/api/');
    for (const path of ['/v1/elements/x', '/v1/getStatus'])
      expect(await text(path)).not.toContain('answered by');
  });

  test('is another one, with a warning, where its port is taken', async () => {
    const first = await open();
    const port = Number(new URL(first.site.url() ?? '').port);
    const second = await open(port);
    expect(second.site.url()).not.toBe(first.site.url());
    expect(first.warnings).toEqual([]);
    expect(second.warnings.join()).toContain(`Port ${port} is in use`);
    expect(second.warnings.join()).toContain(String(second.site.url()));
  });
});
