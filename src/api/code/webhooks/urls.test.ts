import { describe, expect, test } from 'vitest';
import { makeWebhookUrlCheck, type WebhookUrlCheck } from './urls.js';

const addressesOf: Record<string, string> = {
  'shop.example': '1.1.1.1',
  'xn--bcher-kva.example': '1.1.1.1',
  intranet: '10.1.2.3',
};

function check(
  over: { mode?: 'sandbox' | 'live'; allowLoopback?: boolean; allowPrivate?: boolean } = {},
): WebhookUrlCheck {
  const { mode = 'sandbox', allowLoopback = true, allowPrivate = false } = over;
  return makeWebhookUrlCheck(
    { mode, addresses: { allowLoopback, allowPrivate }, limits: { webhook_wait_ms_max: 3000 } },
    (host, _, found) => {
      const address = addressesOf[host];
      if (address !== undefined) return found(null, [{ address, family: 4 }]);
      found(Object.assign(new Error(), { code: 'ENOTFOUND' }), []);
    },
  );
}

const LIVE = { mode: 'live', allowLoopback: false } as const;
const INVALID_HOST = 'host is not a valid domain name: domain name is invalid';

describe('a webhook may be called', () => {
  test.each([
    ['https://shop.example/hook?a=1', 'v1'],
    ['https://bücher.example/', 'v1'],
    ['https://1.1.1.1/hook', 'v1'],
    ['http://shop.example/hook', 'v2'],
  ] as const)('at %s everywhere, by %s', async (url, generation) => {
    expect(await check(LIVE)(url, generation)).toBeNull();
    expect(await check()(url, generation)).toBeNull();
  });

  test.each([
    'http://127.0.0.1:3030/hook',
    'http://localhost:3030/hook',
    'http://[::1]:3030/hook',
    'https://shop.example:8443/hook',
  ])('at %s in a sandbox on this machine', async (url) => {
    expect(await check()(url, 'v1')).toBeNull();
    expect(await check()(url, 'v2')).toBeNull();
    expect(await check(LIVE)(url, 'v2')).not.toBeNull();
  });

  test('on the own network where that is allowed', async () => {
    expect(await check({ ...LIVE, allowPrivate: true })('https://intranet/', 'v1')).toBeNull();
    expect(await check(LIVE)('https://intranet/', 'v1')).toBe(
      'error resolving hostname: 10.1.2.3 is a private address',
    );
  });
});

describe('a webhook may not be called', () => {
  test.each([
    ['http://shop.example/', 'v1', 'url scheme must be https'],
    ['shop.example/hook', 'v1', 'url scheme must be https'],
    ['ftp://shop.example/', 'v1', 'url scheme must be https'],
    ['ftp://shop.example/', 'v2', 'url scheme must be http or https'],
    ['https:///hook', 'v1', 'host component missing'],
    ['http://', 'v2', 'host component missing'],
    ['https://shop.example:443444/', 'v1', INVALID_HOST],
    ['https://shop_example.com/', 'v1', INVALID_HOST],
    ['https://shop.example:8443/', 'v2', INVALID_HOST],
    ['https://nowhere.example/', 'v1', 'error resolving hostname: ENOTFOUND'],
    ['https://user:secret@shop.example/', 'v1', 'url must not hold a user name or password'],
    [
      'http://169.254.169.254/latest/meta-data',
      'v2',
      'url leads nowhere that may be reached: 169.254.169.254 is not an address on the internet',
    ],
    [
      'https://10.1.2.3/',
      'v1',
      'url leads nowhere that may be reached: 10.1.2.3 is a private address',
    ],
    [`https://shop.example/${'a'.repeat(1024)}`, 'v2', 'url is longer than 1024 characters'],
    ['', 'v2', INVALID_HOST],
    ['https://shop.example/\0', 'v2', 'invalid control character in URL'],
    ['https://shop.example/\r\nHost: x', 'v1', 'invalid control character in URL'],
    ['https://shop.example/ a', 'v2', 'invalid control character in URL'],
    [' https://shop.example/', 'v2', 'invalid control character in URL'],
    ['https://shop.example/\ud800', 'v1', 'invalid control character in URL'],
  ] as const)('at %s, as %s says: %s', async (url, generation, why) => {
    expect(await check(LIVE)(url, generation)).toBe(why);
  });

  test('at this machine where that is not allowed', async () => {
    for (const url of ['https://127.0.0.1/', 'https://localhost/', 'https://[::1]/'])
      expect(await check(LIVE)(url, 'v2'), url).not.toBeNull();
  });
});
