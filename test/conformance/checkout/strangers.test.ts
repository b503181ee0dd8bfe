import { describe, expect, test } from 'vitest';
import { useDojo } from '../dojo/client.js';
import { byCard, CARD, NUMBERS, pageOf } from './page.js';

const fixture = useDojo();

async function open() {
  const { id } = await fixture.newShop().newIntent();
  return pageOf(fixture.tender.url, id);
}

describe('another site', () => {
  test.each([
    ['by its origin', { origin: 'https://evil.example' }],
    ['by an origin that is hidden', { origin: 'null' }],
    ['by what the browser says of it', { 'sec-fetch-site': 'cross-site' }],
    ['though it is a sibling', { 'sec-fetch-site': 'same-site' }],
    ['though somebody typed it', { 'sec-fetch-site': 'none' }],
  ])('does not pay, known %s', async (_, headers) => {
    const page = await open();
    for (const name of ['details', 'pay', 'cancel', 'code', 'receipt']) {
      const { status, body } = await page.call(name, byCard(), headers);
      expect(status, name).toBe(403);
      expect(body.error.code).toBe('not_allowed');
    }
    expect((await page.state()).status).toBe('open');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; a=b', ''])(
    'does not pay by a form of type %j',
    async (type) => {
      const page = await open();
      const { status } = await page.call('pay', byCard(), { 'content-type': type });
      expect(status).toBe(415);
      expect((await page.state()).status).toBe('open');
    },
  );

  test('is not let in beforehand, and reads nothing', async () => {
    const page = await open();
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const asked = await fetch(`${page.address}/pay`, { method: 'OPTIONS', headers });
    expect(asked.status).toBe(405);
    for (const [name] of [...asked.headers, ...(await page.call('state')).headers])
      expect(name).not.toMatch(/^access-control/);
  });

  test('is told from the page itself', async () => {
    const page = await open();
    const headers = { origin: fixture.tender.url, 'sec-fetch-site': 'same-origin' };
    expect((await page.call('pay', byCard(), headers)).body.status).toBe('paid');
  });
});

describe('hostile calls', () => {
  test.each([
    ['no body', ''],
    ['no JSON', '{"method":'],
    ['no object', '[1]'],
    ['null', 'null'],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a deep one', '['.repeat(100_000)],
  ])('with %s are refused', async (_, body) => {
    const page = await open();
    const headers = { 'content-type': 'application/json' };
    for (const name of ['pay', 'details', 'receipt']) {
      const reply = await fetch(`${page.address}/${name}`, { method: 'POST', headers, body });
      expect(reply.status, name).toBe(400);
      expect(await reply.json()).toMatchObject({ error: { code: 'invalid' } });
    }
  });

  test.each([
    { method: 'gold' },
    { method: '__proto__' },
    { method: 'constructor' },
    { method: ['card'] },
    { method: 'card', card: 'x' },
    { method: 'card', card: [] },
    { method: 'card', card: CARD, save: 'yes' },
    { method: 'card', card: CARD, agreed: 1 },
    { method: 'saved_card', savedCard: 'pm_card_visa', cvc: '123' },
    { method: 'code_wallet' },
    { method: 'card', card: { ...CARD, name: '\ud800' } },
    { method: 'card', card: CARD, total: 1.5 },
    JSON.parse('{"__proto__":{"method":"card"}}'),
  ])('are refused, and change nothing: %j', async (call) => {
    const page = await open();
    const { status, body } = await page.call('pay', call);
    expect([400, 409]).toContain(status);
    expect(body.error.message).toMatch(/^[A-Z].*\.$/);
    expect(await page.state()).toMatchObject({ status: 'open', lastError: null });
  });

  test('never get a card’s number back, nor does the log', async () => {
    const page = await open();
    const pieces = new RegExp(
      Object.values(NUMBERS).join('|').concat('|4242424242424242|424242424242424|7391'),
    );
    const calls: object[] = [
      byCard(NUMBERS.declined),
      byCard('424242424242424'),
      { ...byCard(), card: { ...CARD, cvc: '7391x' } },
      { method: '4242424242424242' },
      { method: 'card', card: { ...CARD, number: 4242424242424242 } },
      { method: 'card', card: { ...CARD, expMonth: '4242424242424242' } },
      { method: 'saved_card', savedCard: '4242424242424242', cvc: '739' },
      { ...byCard(), '4242424242424242': 1 },
      { ...byCard(), tips: '4242424242424242' },
      { ...byCard(), email: '4242424242424242' },
    ];
    for (const call of calls) expect((await page.call('pay', call)).text).not.toMatch(pieces);
    expect((await page.call('state')).text).not.toMatch(pieces);
    expect(fixture.tender.errors.join()).not.toMatch(pieces);
  });

  test('that are too large are refused in our own form', async () => {
    const page = await open();
    const { status, body } = await page.call('pay', { method: 'x'.repeat(1_200_000) });
    expect(status).toBe(413);
    expect(body.error.code).toBe('invalid');
  });
});

describe('the page', () => {
  test('may be framed by nobody, runs what it was built with, and is not kept', async () => {
    const page = await open();
    const reply = await fetch(page.address);
    const html = await reply.text();
    expect(reply.headers.get('cache-control')).toBe('no-store');
    if (reply.status === 503) {
      expect(html).toContain('npm run build');
      return;
    }
    expect(reply.status).toBe(200);
    const policy = reply.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(reply.headers.get('referrer-policy')).toBe('no-referrer');
    const files = [...html.matchAll(/(?:src|href)="(\/checkout\/-\/[^"]+)"/g)];
    expect(files.length).toBeGreaterThan(0);
    for (const [, file = ''] of files) {
      const asset = await fetch(`${fixture.tender.url}${file}`);
      expect(asset.status, file).toBe(200);
      expect(asset.headers.get('cache-control')).toContain('immutable');
    }
    expect((await fetch(`${fixture.tender.url}/checkout/-/assets/nothing.js`)).status).toBe(404);
    expect((await fetch(page.address, { method: 'POST' })).status).toBe(405);
  });
});
