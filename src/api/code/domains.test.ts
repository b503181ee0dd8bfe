import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type Domains, makeDomains, readDomain } from './domains.js';

const KEY = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
const OTHER = '11111111111111111111111111111111';
const closers: (() => Promise<unknown>)[] = [];
const LIMITS = { domain_wait_ms_max: 3000, domain_bytes_max: 65_536, domain_fresh_ms: 300_000 };
let nowMs = 0;

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A site on loopback, with how many requests it has had. */
async function site(answer: RequestListener): Promise<{ origin: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((incoming, response) => {
    asked += 1;
    answer(incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
  };
}

function domains(
  domainOrigins: Record<string, string> = {},
  limits: Partial<typeof LIMITS> = {},
  address = '127.0.0.1',
): Domains {
  return makeDomains(
    {
      settings: { domainOrigins },
      limits: { ...LIMITS, ...limits },
      addresses: { allowLoopback: false, allowPrivate: false },
      nowMs: () => nowMs,
    },
    (_, __, found) => found(null, [{ address, family: 4 }]),
  );
}

const lists =
  (...keys: string[]): RequestListener =>
  ({ url }, response) => {
    if (url !== '/.well-known/code-payments.json') response.statusCode = 404;
    response.end(JSON.stringify({ public_keys: keys }));
  };

describe('base domains', () => {
  test.each([
    ['shop.example', 'shop.example'],
    ['Pay.Shop.Example', 'shop.example'],
    ['subdomain.bücher.com', 'xn--bcher-kva.com'],
    ['bücher。com', 'xn--bcher-kva.com'],
  ])('of %s', (text, base) => {
    expect(readDomain(text)).toMatchObject({ base });
  });

  test.each([
    ['', 'domain name is empty'],
    ['localhost', 'value must have base domain and tld'],
    [`${'a'.repeat(250)}.com`, 'domain name length exceeds limit'],
    ['shop example.com', 'domain name is invalid'],
    ['shop.example:443', 'domain name is invalid'],
    ['shop.example/path', 'domain name is invalid'],
    ['shop.example\uff0fpath', 'domain name is invalid'],
    ['sh%6fp.example', 'domain name is invalid'],
    ['shop..example', 'domain name is invalid'],
    ['-shop.example', 'domain name is invalid'],
    ['127.0.0.1', 'domain name is invalid'],
    ['[::1]', 'domain name is invalid'],
  ])('do not come of %j', async (text, why) => {
    expect(readDomain(text)).toEqual({ fault: why });
    expect(await domains().check(text, KEY)).toEqual({
      code: 'invalid_argument',
      text: `domain is invalid: ${why}`,
    });
  });
});

test('a base domain is a name of two labels, whatever it was read from', () => {
  const characters = fc.constantFrom(...'abz09.-_/:@%?#[] \\üß\u3002\uff0e\u200d\ud83d');
  const texts = fc.oneof(fc.string({ unit: characters }), fc.webAuthority({ withPort: true }));
  fc.assert(
    fc.property(texts, (text) => {
      const read = readDomain(text);
      if ('fault' in read) return;
      const { base } = read;
      expect(base).toMatch(/^[a-z0-9-]{1,63}\.[a-z0-9-]{1,63}$/);
      expect(new URL(`https://${base}/`).hostname).toBe(base);
      expect(readDomain(base)).toEqual({ ascii: base, base });
    }),
    { numRuns: 2000 },
  );
});

describe('the keys of a domain', () => {
  test('are those that it lists', async () => {
    const { origin } = await site(lists(OTHER, KEY));
    const shops = domains({ 'shop.example': origin });
    expect(await shops.check('Shop.Example', KEY)).toBeNull();
    expect(await shops.check('shop.example', 'abc')).toEqual({
      code: 'permission_denied',
      text: 'abc does not own domain shop.example',
    });
  });

  test('are not asked of subdomains', async () => {
    const { origin, asked } = await site(lists(KEY));
    expect(await domains({ 'shop.example': origin }).check('pay.shop.example', KEY)).toEqual({
      code: 'unauthenticated',
      text: 'error veryfing domain ownership: subdomains cannot be verified',
    });
    expect(asked()).toBe(0);
  });

  const unfit: [string, RequestListener, RegExp][] = [
    ['another status', (_, response) => void response.writeHead(404).end(), /http status 404/],
    [
      'a redirect',
      (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end(),
      /http status 302/,
    ],
    ['no JSON', (_, response) => void response.end('<html>'), /is not JSON/],
    ['null', (_, response) => void response.end('null'), /is not JSON/],
    ['another form', (_, response) => void response.end('{"public_keys":"a"}'), /is not JSON/],
    ['too much', (_, response) => void response.end(' '.repeat(70_000)), /longer than 65536/],
    ['a broken connection', ({ socket }) => void socket.destroy(), /connection closed|reset/],
  ];
  test.each(unfit)('are not known from %s', async (_, answer, why) => {
    const { origin } = await site(answer);
    const fault = await domains({ 'shop.example': origin }).check('shop.example', KEY);
    expect(fault?.code).toBe('unauthenticated');
    expect(fault?.text).toMatch(/^error veryfing domain ownership: /);
    expect(fault?.text).toMatch(why);
  });

  test('are not waited for longer than the limit', async () => {
    const { origin } = await site((_, response) => void response.write(' '));
    const shops = domains({ 'shop.example': origin }, { domain_wait_ms_max: 30 });
    const fault = await shops.check('shop.example', KEY);
    expect(fault?.text).toContain('no answer within 30 ms');
  });

  test.each(['127.0.0.1', '10.1.2.3', '169.254.169.254'])(
    'are not fetched where the name leads to %s',
    async (address) => {
      const fault = await domains({}, {}, address).check('shop.example', KEY);
      expect(fault?.code).toBe('unauthenticated');
      expect(fault?.text).toContain(address);
    },
  );
});

describe('what is remembered of a domain', () => {
  test('is asked for once by all who ask at a time, and then kept', async () => {
    nowMs = 1000;
    const { origin, asked } = await site(lists(KEY));
    const shops = domains({ 'shop.example': origin });
    const checks = [1, 2, 3].map(() => shops.check('shop.example', KEY));
    expect(await Promise.all(checks)).toEqual([null, null, null]);
    nowMs += LIMITS.domain_fresh_ms - 1;
    expect(await shops.check('shop.example', KEY)).toBeNull();
    expect(asked()).toBe(1);
    nowMs += 1;
    expect(await shops.check('shop.example', KEY)).toBeNull();
    expect(asked()).toBe(2);
  });

  test('gives a key that was added since a chance soon', async () => {
    const keys = [OTHER];
    const { origin, asked } = await site((incoming, response) =>
      lists(...keys)(incoming, response),
    );
    const shops = domains({ 'shop.example': origin });
    expect(await shops.check('shop.example', KEY)).toMatchObject({ code: 'permission_denied' });
    keys.push(KEY);
    expect(await shops.check('shop.example', KEY)).toMatchObject({ code: 'permission_denied' });
    expect(asked()).toBe(1);
    nowMs += 5000;
    expect(await shops.check('shop.example', KEY)).toBeNull();
    expect(asked()).toBe(2);
  });

  test('is a fault for a short time only', async () => {
    let status = 500;
    const { origin, asked } = await site((incoming, response) => {
      response.statusCode = status;
      lists(KEY)(incoming, response);
    });
    const shops = domains({ 'shop.example': origin });
    for (let i = 0; i < 2; i += 1)
      expect(await shops.check('shop.example', KEY)).toMatchObject({ code: 'unauthenticated' });
    expect(asked()).toBe(1);
    status = 200;
    nowMs += 5000;
    expect(await shops.check('shop.example', KEY)).toBeNull();
  });
});
