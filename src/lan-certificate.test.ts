import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { makeCertificate, stillServes } from './lan-certificate.js';

const NAMES = ['localhost', 'desk.local', '127.0.0.1', '192.168.178.23', '::1', 'fd00::2:0:7'];
const DAY_MS = 86_400_000;

describe('a certificate of our own', () => {
  const nowMs = Date.now();
  const { cert, key } = makeCertificate(NAMES, nowMs);
  const read = new X509Certificate(cert);

  test('is signed by its key and names the machine', () => {
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(read.issuer).toBe(read.subject);
    expect(read.ca).toBe(false);
    expect(read.subject).toBe('CN=Tender on this network');
    expect(read.subjectAltName).toBe(
      'DNS:localhost, DNS:desk.local, IP Address:127.0.0.1, IP Address:192.168.178.23, ' +
        'IP Address:0:0:0:0:0:0:0:1, IP Address:FD00:0:0:0:0:2:0:7',
    );
    // Server authentication, and nothing else.
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(read.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  test('is valid from yesterday on, for less than phones allow', () => {
    const from = Date.parse(read.validFrom);
    const to = Date.parse(read.validTo);
    expect(from).toBeLessThan(nowMs - DAY_MS + 1000);
    expect((to - from) / DAY_MS).toBeCloseTo(397, 3);
  });

  test('has a serial number of its own each time', () => {
    const other = new X509Certificate(makeCertificate(NAMES, nowMs).cert);
    expect(other.serialNumber).not.toBe(read.serialNumber);
    expect(read.serialNumber).toHaveLength(32);
  });

  test('serves its names for as long as it is good, and no others', () => {
    expect(stillServes(cert, NAMES, nowMs)).toBe(true);
    expect(stillServes(cert, ['10.0.0.1'], nowMs)).toBe(false);
    expect(stillServes(cert, ['other.local'], nowMs)).toBe(false);
    expect(stillServes(cert, NAMES, nowMs + 365 * DAY_MS)).toBe(true);
    expect(stillServes(cert, NAMES, nowMs + 367 * DAY_MS)).toBe(false);
    expect(stillServes(cert, NAMES, nowMs - 2 * DAY_MS)).toBe(false);
    expect(stillServes('nothing', NAMES, nowMs)).toBe(false);
  });

  test('is what a client that trusts it connects to, by name and by address', async () => {
    const server = createServer({ cert, key }, (_, response) => response.end('here'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const status = (options: object): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port, agent: false, ...options }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).on('error', reject);
      });
    expect(await status({ ca: cert })).toBe(200);
    expect(await status({ ca: cert, servername: 'localhost' })).toBe(200);
    await expect(status({ ca: cert, servername: 'evil.example' })).rejects.toThrow(/altnames/);
    await expect(status({})).rejects.toThrow(/self.signed/);
    await new Promise((resolve) => server.close(resolve));
  });
});

test('times after 2049 are written in full', () => {
  const nowMs = Date.parse('2060-05-06T07:08:09Z');
  const { validFrom, validTo } = new X509Certificate(makeCertificate(['localhost'], nowMs).cert);
  expect(new Date(validFrom).toISOString()).toBe('2060-05-05T07:08:09.000Z');
  expect(new Date(validTo).toISOString()).toBe('2061-06-06T07:08:09.000Z');
});
