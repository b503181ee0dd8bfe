import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Config, isFault, readConfig } from './config.js';
import { LanFault, type Machine, prepareLan } from './lan.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tender-lan-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function config(env: Record<string, string> = {}): Config {
  const read = readConfig({ TENDER_LAN: 'yes', TENDER_DATA: join(folder, 'data'), ...env }, {});
  if (isFault(read)) throw new Error(read.fault);
  return read;
}

const machine = (addresses: Record<string, string>, nowMs = Date.now()): Machine => ({
  hostname: 'Desk.local',
  addresses: Object.entries(addresses).map(([name, address]) => ({ interface: name, address })),
  nowMs,
});

const HOME = machine({ docker0: '172.17.0.1', eth0: '192.168.1.5' });

function prepared(env: Record<string, string> = {}, on = HOME) {
  const made = prepareLan(config(env), on);
  if (made === null) throw new Error('nothing was prepared');
  return made;
}

test('nothing is made where the local network is not served', () => {
  expect(prepareLan(config({ TENDER_LAN: 'no' }), HOME)).toBeNull();
});

describe('the address that devices use', () => {
  test.each<[string, Record<string, string>, string]>([
    ['of a home before one of an office', { a: '10.0.0.4', b: '192.168.1.5' }, '192.168.1.5'],
    [
      'of a real network before a virtual one',
      { docker0: '172.17.0.1', b: '10.1.1.1' },
      '10.1.1.1',
    ],
    ['of any network rather than none', { a: '203.0.113.9', b: '169.254.1.1' }, '203.0.113.9'],
    ['of a virtual network if there is no other', { docker0: '172.17.0.1' }, '172.17.0.1'],
  ])('is that %s', (_, addresses, best) => {
    expect(prepared({}, machine(addresses)).lan.address).toBe(best);
  });

  test('is the one that was asked for', () => {
    const { lan } = prepared({ TENDER_LAN: '10.9.9.9' });
    expect(lan.address).toBe('10.9.9.9');
    expect(lan.names).toContain('10.9.9.9');
  });

  test('is missed in one line where there is none', () => {
    expect(() => prepared({}, machine({}))).toThrow(LanFault);
    expect(() => prepared({}, machine({}))).toThrow('connect it first');
  });
});

describe('what is made for a data folder', () => {
  test('is a certificate for every name, and keys of one account, for the owner alone', () => {
    const { config: fitted, lan } = prepared();
    const { tls, apiKeys } = fitted;
    if (tls === null || apiKeys === null || lan.keys === null) throw new Error('not made');
    const certificate = new X509Certificate(readFileSync(tls.certFile));
    for (const address of ['127.0.0.1', '::1', '192.168.1.5', '172.17.0.1'])
      expect(certificate.checkIP(address)).toBeDefined();
    for (const name of ['localhost', 'desk.local']) expect(certificate.checkHost(name)).toBe(name);
    expect(lan.keys.secret).toMatch(/^sk_test_[0-9A-Za-z]{24}$/);
    expect(apiKeys).toEqual([
      { key: lan.keys.secret, owner: 'lan' },
      { key: lan.keys.publishable, owner: 'lan' },
    ]);
    for (const file of [tls.keyFile, join(folder, 'data', 'lan-api-key')])
      expect(statSync(file).mode & 0o077).toBe(0);
  });

  test('stays from one start to the next', () => {
    const first = prepared();
    const second = prepared();
    expect(second).toEqual(first);
    const cert = readFileSync(first.config.tls?.certFile ?? '', 'utf8');
    expect(readFileSync(second.config.tls?.certFile ?? '', 'utf8')).toBe(cert);
  });

  test('is made anew, the keys excepted, where the machine has moved or time has passed', () => {
    const text = (made: ReturnType<typeof prepared>): string =>
      readFileSync(made.config.tls?.certFile ?? '', 'utf8');
    const first = prepared();
    const before = text(first);
    const moved = prepared({}, machine({ eth0: '192.168.1.6' }));
    const after = text(moved);
    expect(after).not.toBe(before);
    expect(moved.lan.keys).toEqual(first.lan.keys);
    const later = machine({ eth0: '192.168.1.6' }, Date.now() + 380 * 86_400_000);
    expect(text(prepared({}, later))).not.toBe(after);
  });

  test('gives way to what the configuration names', () => {
    const files = { TENDER_TLS_CERT: '/etc/cert.pem', TENDER_TLS_KEY: '/etc/key.pem' };
    const { config: fitted, lan } = prepared({ ...files, TENDER_API_KEYS: 'sk_test_shop' });
    expect(fitted.tls).toEqual({ certFile: '/etc/cert.pem', keyFile: '/etc/key.pem' });
    expect(fitted.apiKeys).toEqual([{ key: 'sk_test_shop', owner: null }]);
    expect(lan.keys).toBeNull();
  });

  test('is refused in one line where it is damaged or cannot be written', () => {
    prepared();
    writeFileSync(join(folder, 'data', 'lan-api-key'), 'x\n');
    expect(() => prepared()).toThrow(/lan-api-key is damaged/);
    expect(() => prepared({ TENDER_DATA: '/dev/null/data' })).toThrow(LanFault);
  });
});
