import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Config, isFault, isLoopbackHost, readConfig } from './config.js';
import { LIMITS } from './limits.js';

type Env = Record<string, string>;

function good(env: Env = {}, overrides: Parameters<typeof readConfig>[1] = {}): Config {
  const config = readConfig(env, overrides);
  if (isFault(config)) throw new Error(config.fault);
  return config;
}

function fault(env: Env): string {
  const config = readConfig(env, {});
  if (!isFault(config)) throw new Error('the configuration was accepted');
  return config.fault;
}

const HEX = '0123456789abcdef'.repeat(4);
const LIVE_KEY = 'sk_live_0123456789abcdefghijkl';
const LIVE: Env = { TENDER_MODE: 'live', TENDER_KEY: HEX, TENDER_API_KEYS: LIVE_KEY };

describe('mail', () => {
  test('is off without a server, and read with one', () => {
    expect(good().mail).toBeNull();
    const TENDER_SMTP_URL = 'smtps://ada:secret@mail.example.com';
    const TENDER_MAIL_FROM = 'Shop <pay@example.com>';
    expect(good({ TENDER_SMTP_URL, TENDER_MAIL_FROM })).toMatchObject({
      mail: { host: 'mail.example.com', isTls: true, from: { name: 'Shop' } },
      warnings: [],
    });
    expect(fault({ TENDER_SMTP_URL })).toContain('TENDER_MAIL_FROM');
  });
});

describe('what is not set', () => {
  test('makes a sandbox on loopback', () => {
    expect(good()).toMatchObject({
      mode: 'sandbox',
      host: '127.0.0.1',
      port: 4400,
      isLoopback: true,
      publicUrl: null,
      masterKey: null,
      database: null,
      logLevel: 'info',
      tls: null,
      trustProxy: 'none',
      allowPrivateWebhooks: false,
      apiKeys: null,
      readyFd: null,
      warnings: [],
    });
    expect(good().dataFolder).toMatch(/\/data$/);
  });

  test('is the same as what is empty', () => {
    const names = ['PORT', 'TENDER_HOST', 'TENDER_KEY', 'DATABASE_URL', 'TENDER_API_KEYS'];
    expect(good(Object.fromEntries(names.map((name) => [name, ' '])))).toEqual(good());
  });

  test('is frozen', () => {
    expect(Object.isFrozen(good())).toBe(true);
    for (const part of Object.values(LIMITS)) expect(Object.isFrozen(part)).toBe(true);
  });
});

test('flags go before the environment', () => {
  const env = { PORT: '1', TENDER_HOST: 'localhost', TENDER_DATA: '/a' };
  const config = good(env, { port: '0', host: '127.0.0.2', data: '/b' });
  expect(config).toMatchObject({ port: 0, host: '127.0.0.2', dataFolder: '/b' });
});

test('the master key may be hexadecimal or base64, and is the same', () => {
  const bytes = Buffer.from(HEX, 'hex');
  for (const TENDER_KEY of [HEX, HEX.toUpperCase(), bytes.toString('base64')]) {
    expect(good({ TENDER_KEY }).masterKey).toBe(HEX);
  }
  const url = Buffer.alloc(32, 0xff).toString('base64url');
  expect(good({ TENDER_KEY: url }).masterKey).toBe('ff'.repeat(32));
});

test('master keys of before are read as the current one is, newest first', () => {
  const base64 = Buffer.from(HEX, 'hex').toString('base64');
  const TENDER_PREVIOUS_KEYS = `${'ab'.repeat(32).toUpperCase()}, ${base64}`;
  expect(good({ TENDER_PREVIOUS_KEYS }).previousKeys).toEqual(['ab'.repeat(32), HEX]);
  expect(good().previousKeys).toEqual([]);
  for (const wrong of [`${HEX},`, `${HEX} ${HEX}`, 'secret', Array(11).fill(HEX).join()]) {
    const said = fault({ TENDER_PREVIOUS_KEYS: wrong });
    expect(said).toMatch(/^TENDER_PREVIOUS_KEYS is not/);
    expect(said).not.toContain('secret');
  }
});

test.each([
  ['no', 'none'],
  ['yes', 'peer'],
  ['1', 'peer'],
  ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
])('trust in proxies: %s', (value, trust) => {
  expect(good({ TENDER_TRUST_PROXY: value }).trustProxy).toEqual(trust);
});

test('API keys may name their account', () => {
  const { apiKeys } = good({ TENDER_API_KEYS: 'sk_test_one, shop:pk_test_two,' });
  expect(apiKeys).toEqual([
    { key: 'sk_test_one', owner: null },
    { key: 'pk_test_two', owner: 'shop' },
  ]);
});

test('a restricted API key may list what it may do', () => {
  const value = 'shop:rk_test_one(charge=read  payment_intent=write),rk_test_two(),rk_test_three';
  expect(good({ TENDER_API_KEYS: value }).apiKeys).toEqual([
    { key: 'rk_test_one', owner: 'shop', permissions: { charge: 'read', payment_intent: 'write' } },
    { key: 'rk_test_two', owner: null, permissions: {} },
    { key: 'rk_test_three', owner: null },
  ]);
});

describe('what is wrong is said in one line, with the variable’s name', () => {
  test.each([
    ['PORT', 'x'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '1.5'],
    ['TENDER_HOST', 'a b'],
    ['TENDER_PUBLIC_URL', 'pay.example.com'],
    ['TENDER_PUBLIC_URL', 'https://pay.example.com/path'],
    ['TENDER_PUBLIC_URL', 'https://user:pass@pay.example.com'],
    ['TENDER_PUBLIC_URL', 'ftp://pay.example.com'],
    ['TENDER_KEY', 'secret'],
    ['TENDER_KEY', HEX.slice(1)],
    ['DATABASE_URL', 'mysql://x'],
    ['TENDER_DATABASE_PROFILE', 'oracle'],
    ['TENDER_LOG', 'loud'],
    ['TENDER_TLS_CERT', 'cert.pem'],
    ['TENDER_TRUST_PROXY', '10.0.0.0/33'],
    ['TENDER_TRUST_PROXY', 'proxy.local'],
    ['TENDER_MODE', 'production'],
    ['TENDER_API_KEYS', ','],
    ['TENDER_API_KEYS', 'hello'],
    ['TENDER_API_KEYS', 'sk_test_one,sk_test_one'],
    ['TENDER_API_KEYS', LIVE_KEY],
    ['TENDER_API_KEYS', 'sk_test_one(charge=read)'],
    ['TENDER_API_KEYS', 'rk_test_one(charge)'],
    ['TENDER_API_KEYS', 'rk_test_one(charge=read'],
    ['TENDER_API_KEYS', 'ek_test_one'],
    ['TENDER_PRIVATE_WEBHOOKS', 'perhaps'],
    ['TENDER_LAN', 'fritz.box'],
    ['TENDER_LAN', 'fd00::1'],
    ['TENDER_WALLET_PORT', '70000'],
    ['TENDER_WALLET_URL', 'https://wallet.example.com/app'],
    ['TENDER_READY_FD', '-3'],
  ])('%s=%s', (name, value) => {
    const line = fault({ [name]: value });
    expect(line).toContain(name.replace(/_(CERT|KEY)$/, '_'));
    expect(line).not.toContain('\n');
    expect(line.length).toBeLessThan(140);
  });

  test('without repeating a secret', () => {
    expect(fault({ TENDER_KEY: 'hunter2hunter2' })).not.toContain('hunter2');
    expect(fault({ TENDER_API_KEYS: 'sk_live_hunter2hunter2' })).not.toContain('hunter2');
    expect(fault({ DATABASE_URL: 'mysql://me:hunter2@db' })).not.toContain('hunter2');
    expect(fault({ TENDER_PUBLIC_URL: 'https://me:hunter2@pay' })).not.toContain('hunter2');
  });
});

describe('live mode', () => {
  test('needs its keys', () => {
    expect(good(LIVE)).toMatchObject({ mode: 'live', masterKey: HEX });
    expect(fault({ TENDER_MODE: 'live' })).toMatch(/needs TENDER_KEY/);
    expect(fault({ ...LIVE, TENDER_API_KEYS: '' })).toMatch(/needs TENDER_API_KEYS/);
  });

  test('takes no key that can be guessed, is for tests, or gives a secret away', () => {
    expect(fault({ ...LIVE, TENDER_API_KEYS: 'sk_live_short' })).toMatch(/can be guessed/);
    expect(fault({ ...LIVE, TENDER_API_KEYS: 'sk_test_shop' })).toMatch(/not for TENDER_MODE live/);
    const both = `${LIVE_KEY},${LIVE_KEY.replace('sk', 'pk')}`;
    expect(fault({ ...LIVE, TENDER_API_KEYS: both })).toMatch(/gives a secret one away/);
  });
});

test('a server that others reach does not take any key', () => {
  expect(fault({ TENDER_HOST: '0.0.0.0' })).toMatch(/TENDER_API_KEYS/);
  expect(good({ TENDER_HOST: '0.0.0.0', TENDER_API_KEYS: 'sk_test_shop' }).isLoopback).toBe(false);
});

test('what is loopback', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1']) {
    expect(isLoopbackHost(host)).toBe(true);
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.evil.example', 'pay.example.com']) {
    expect(isLoopbackHost(host)).toBe(false);
  }
});

describe('a variable that means nothing', () => {
  test('is warned of, with the one that may be meant', () => {
    expect(good({ TENDER_HSOT: 'x', TENDER_APIKEYS: 'x', TENDER_ZEBRA: 'x' }).warnings).toEqual([
      'TENDER_APIKEYS means nothing to Tender; did you mean TENDER_API_KEYS?',
      'TENDER_HSOT means nothing to Tender; did you mean TENDER_HOST?',
      'TENDER_ZEBRA means nothing to Tender.',
    ]);
  });

  test('is none that another program has', () => {
    expect(good({ HOST: 'x', TENDER_TEST_STORE: 'sqlite' }).warnings).toEqual([]);
  });
});

test('several servers on one database are told to share a key', () => {
  const env = { DATABASE_URL: 'postgres://db/x' };
  expect(good(env).warnings).toHaveLength(1);
  expect(good({ ...env, TENDER_KEY: HEX }).warnings).toEqual([]);
});

test('nothing in the environment makes it throw', () => {
  const names = ['PORT', 'TENDER_HOST', 'TENDER_PUBLIC_URL', 'TENDER_API_KEYS', 'TENDER_KEY'];
  const env = fc.dictionary(fc.constantFrom(...names, 'TENDER_TRUST_PROXY'), fc.string());
  fc.assert(
    fc.property(env, (variables) => {
      readConfig(variables, {});
    }),
  );
});

describe('the local network', () => {
  test('is served from all addresses, without keys being listed', () => {
    expect(good({}, { lan: true })).toMatchObject({
      lan: { address: null },
      host: '0.0.0.0',
      isLoopback: false,
      apiKeys: null,
    });
    const { lan } = good({ TENDER_LAN: 'yes' }, { lan: '192.168.0.7' });
    expect(lan?.address).toBe('192.168.0.7');
    expect(good({ TENDER_LAN: 'no' }).lan).toBeNull();
  });

  test('is not for live mode, and has no other host', () => {
    expect(fault({ ...LIVE, TENDER_LAN: 'yes' })).toContain('TENDER_LAN is for a sandbox');
    expect(fault({ TENDER_LAN: 'yes', TENDER_HOST: '127.0.0.1' })).toContain('leave TENDER_HOST');
  });
});

describe('the wallet’s port', () => {
  test('is the second after Tender’s own, where Tender is tried out', () => {
    expect(good().wallet).toEqual({ port: 4402, url: null });
    expect(good({ PORT: '0' }).wallet).toEqual({ port: 0, url: null });
    expect(good({ PORT: '65534' }).wallet).toEqual({ port: 0, url: null });
    expect(good({ TENDER_LAN: 'yes', PORT: '5000' }).wallet).toEqual({ port: 5002, url: null });
  });

  test('is opened on a public server only when asked for', () => {
    const open = { TENDER_HOST: '0.0.0.0', TENDER_API_KEYS: 'sk_test_shop' };
    expect(good(open).wallet).toBeNull();
    expect(good({ ...open, TENDER_WALLET_PORT: '8080' }).wallet).toEqual({ port: 8080, url: null });
    const url = 'https://wallet.example.com';
    expect(good({ ...open, TENDER_WALLET_URL: url }).wallet).toEqual({ port: 4402, url });
  });

  test('can be left closed', () => {
    expect(good({ TENDER_WALLET_PORT: 'off' }).wallet).toBeNull();
  });
});
