import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressFault, addressKind } from './addresses.js';

const KINDS: Record<string, string[]> = {
  loopback: ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
  private: [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '100.127.255.255',
    'fc00::1',
    'fdff::1',
    '::ffff:10.0.0.1',
    '::ffff:c0a8:101',
  ],
  reserved: [
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '2002:a9fe:a9fe::',
    '::ffff:169.254.169.254',
    '::10.0.0.1',
    '::127.0.0.1',
    'not an address',
    '',
  ],
  public: [
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.0.1',
    '172.32.0.1',
    '2606:4700::1111',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    '::ffff:8.8.8.8',
  ],
};

describe('addressKind', () => {
  test.each(Object.keys(KINDS))('knows %s addresses', (kind) => {
    for (const address of KINDS[kind] ?? [])
      expect([address, addressKind(address)]).toEqual([address, kind]);
  });

  test('sees an IPv4 address through every IPv6 spelling that leads to it', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.boolean(), (address, long) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
        const words = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
        const mapped = long ? `0:0:0:0:0:ffff:${words}` : `::ffff:${words}`;
        expect(addressKind(mapped)).toBe(addressKind(address));
        const open = addressKind(address) === 'public';
        for (const embedded of [`64:ff9b::${address}`, `2002:${words}::`])
          expect(addressKind(embedded)).toBe(open ? 'public' : 'reserved');
      }),
    );
  });
});

describe('addressFault', () => {
  const closed = { allowLoopback: false, allowPrivate: false };

  test('only the internet may be reached unless more is allowed', () => {
    for (const kind of ['loopback', 'private', 'reserved'])
      for (const address of KINDS[kind] ?? [])
        expect(addressFault(address, 'https:', closed)).not.toBeNull();
    for (const address of KINDS.public ?? [])
      expect(addressFault(address, 'https:', closed)).toBeNull();
  });

  test('what is allowed is allowed by itself', () => {
    expect(addressFault('10.0.0.1', 'https:', { ...closed, allowPrivate: true })).toBeNull();
    expect(addressFault('10.0.0.1', 'https:', { ...closed, allowLoopback: true })).not.toBeNull();
    expect(addressFault('::1', 'https:', { ...closed, allowLoopback: true })).toBeNull();
    const all = { allowLoopback: true, allowPrivate: true };
    expect(addressFault('169.254.169.254', 'https:', all)).not.toBeNull();
  });

  test('plain http goes to loopback only', () => {
    const all = { allowLoopback: true, allowPrivate: true };
    expect(addressFault('127.0.0.1', 'http:', all)).toBeNull();
    expect(addressFault('10.0.0.1', 'http:', all)).toMatch(/plain http/);
    expect(addressFault('1.1.1.1', 'http:', all)).toMatch(/plain http/);
  });

  test('plain http leaves this machine where that is allowed, for the internet only', () => {
    const plain = { ...closed, allowPlain: true };
    expect(addressFault('1.1.1.1', 'http:', plain)).toBeNull();
    expect(addressFault('127.0.0.1', 'http:', plain)).toMatch(/loopback/);
    expect(addressFault('10.0.0.1', 'http:', plain)).toMatch(/private/);
    expect(addressFault('169.254.169.254', 'http:', plain)).not.toBeNull();
  });
});
