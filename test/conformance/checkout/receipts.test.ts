import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { INSTALLATION } from '../../../src/domain/rendezvous.js';
import { until } from '../../support/sink.js';
import { startTestTender, type TestTender } from '../../support/tender.js';
import { newDojoShop, stripeId, useDojo } from '../dojo/client.js';
import { byCard, type Page, pageOf } from './page.js';

const fixture = useDojo();

/** What the store has of an intent's letters, oldest first. */
async function lettersOf({ store }: TestTender, intent: string) {
  const where = { column: 'intent', value: intent };
  const { found } = await store.load([], [{ table: 'mails', account: INSTALLATION, where }]);
  return (found[0] ?? []) as {
    id: string;
    state: string;
    to: string;
    tries: number;
    fault: string;
  }[];
}

const LINES = {
  itemLines: [
    { quantity: 2, name: 'Soup & <bread>', amountTotal: { value: 900, currencyCode: 'GBP' } },
  ],
  config: { title: 'Café <Rouge>' },
};

async function paid(tender: TestTender, fields: object = {}) {
  const shop = newDojoShop(tender, []);
  const { id } = await shop.newIntent(fields);
  const page = pageOf(tender.url, id);
  await page.done('pay', byCard());
  return { shop, id, page };
}

describe('a receipt in a sandbox without a mail server', () => {
  const text = async (path: string) => {
    const reply = await fetch(`${fixture.tender.url}${path}`);
    return { status: reply.status, html: await reply.text(), headers: reply.headers };
  };

  test('is kept, and shown in the mailbox', async () => {
    const { tender } = fixture;
    const { id, page } = await paid(tender, LINES);
    const { receipt } = await page.state();
    const told = await page.done('receipt', { email: 'ada@example.com' });
    expect(told.status).toBe('paid');
    await until(async () => (await lettersOf(tender, stripeId(id)))[0]?.state === 'kept');
    const [letter] = await lettersOf(tender, stripeId(id));
    const list = await text('/mailbox');
    expect(list.html).toContain(`href="/mailbox/${letter?.id}"`);
    const shown = await text(`/mailbox/${letter?.id}`);
    for (const part of [
      'You paid £10.00 to Café &lt;Rouge&gt;.',
      '2 × Soup &amp; &lt;bread&gt;',
      'Total',
      'Visa •••• 4242',
      receipt?.authorizationCode ?? '',
      'Order 234',
      'ada@example.com',
      'no money has moved',
    ])
      expect(shown.html).toContain(part);
    const drawn = await text(`/mailbox/${letter?.id}/letter`);
    expect(drawn.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect(drawn.html).toContain('<h1');
    expect(`${list.html}${shown.html}${drawn.html}`).not.toMatch(/<script|<bread>|<Rouge>/);
  });

  test('is sent for the shop, too, to each address', async () => {
    const { shop, id } = await paid(fixture.tender);
    const emails = ['ada@example.com', 'bob@example.com'];
    expect((await shop.dojo.post(`/payment-intents/${id}/receipt`, { emails })).status).toBe(204);
    const letters = await lettersOf(fixture.tender, stripeId(id));
    expect(letters.map(({ to }) => to)).toEqual(emails);
  });

  test('is there once it is paid, for a plain address, and not without end', async () => {
    const { id } = await newDojoShop(fixture.tender, []).newIntent();
    const unpaid = pageOf(fixture.tender.url, id);
    expect((await unpaid.refused('receipt', { email: 'a@b.co' }, 409)).code).toBe('over');
    const { page, id: other } = await paid(fixture.tender);
    for (const email of ['', 'ada', 'ada@example.com, eve@example.com', 'a@b.co\r\nBcc: c@d.co'])
      expect((await page.refused('receipt', { email }, 400)).field).toBe('email');
    for (let i = 0; i < 20; i++) await page.done('receipt', { email: `ada${i}@example.com` });
    const fault = await page.refused('receipt', { email: 'ada@example.com' }, 429);
    expect(fault.code).toBe('too_many_receipts');
    expect(await lettersOf(fixture.tender, stripeId(other))).toHaveLength(20);
  });

  test('that does not exist is not found', async () => {
    for (const path of ['/mailbox/mail_00000000000000', '/mailbox/x', '/mailbox/x/y/z'])
      expect((await text(path)).status).toBe(404);
    const reply = await fetch(`${fixture.tender.url}/mailbox`, { method: 'POST' });
    expect(reply.status).toBe(405);
  });
});

describe('a receipt by a mail server', () => {
  /** Letters as they arrived. */
  const arrived: { readonly from: string; readonly to: string[]; readonly data: string }[] = [];
  /** What the server answers to the next recipients: an SMTP code, or agreement. */
  const refusals: number[] = [];
  let server: SMTPServer;
  let tender: TestTender;

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onRcptTo: (_address, _session, done) => {
        const responseCode = refusals.shift();
        done(responseCode === undefined ? null : Object.assign(new Error('no'), { responseCode }));
      },
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
        stream.on('end', () => {
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          const to = envelope.rcptTo.map(({ address }) => address);
          arrived.push({ from, to, data: Buffer.concat(chunks).toString('utf8') });
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    tender = await startTestTender({
      mail: {
        host: '127.0.0.1',
        port,
        isTls: false,
        login: null,
        from: { name: 'Corner, Ltd', address: 'pay@shop.example' },
      },
    });
  });

  afterAll(async () => {
    await tender.stop();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  async function ask(email: string): Promise<{ id: string; page: Page }> {
    const { id, page } = await paid(tender, LINES);
    await page.done('receipt', { email });
    return { id: stripeId(id), page };
  }

  const stateOf = async (intent: string) => (await lettersOf(tender, intent))[0]?.state;

  test('goes out as text and HTML, from the shop', async () => {
    const { id } = await ask('ada@example.com');
    await until(async () => (await stateOf(id)) === 'sent');
    const letter = arrived.find(({ to }) => to.includes('ada@example.com'));
    expect(letter).toMatchObject({ from: 'pay@shop.example', to: ['ada@example.com'] });
    const data = letter?.data ?? '';
    expect(data).toContain('From: "Corner, Ltd" <pay@shop.example>');
    expect(data).toMatch(/^To: ada@example\.com$/m);
    expect(data).toMatch(/^Auto-Submitted: auto-generated/m);
    expect(data).toContain('Content-Type: text/plain');
    expect(data).toContain('Content-Type: text/html');
    expect(data).toMatch(/^Message-ID: <mail_\w+@shop\.example>/im);
  });

  test('is tried again after a refusal for now', async () => {
    refusals.push(451);
    const { id } = await ask('bob@example.com');
    await until(async () => (await lettersOf(tender, id))[0]?.tries === 1);
    const [letter] = await lettersOf(tender, id);
    expect(letter?.state).toBe('waiting');
    expect(letter?.fault).toContain('451');
    await tender.advance(61);
    await until(async () => (await stateOf(id)) === 'sent');
    expect(arrived.filter(({ to }) => to.includes('bob@example.com'))).toHaveLength(1);
  });

  test('is given up after a refusal for good', async () => {
    refusals.push(550);
    const { id } = await ask('gone@example.com');
    await until(async () => (await stateOf(id)) === 'failed');
    const [letter] = await lettersOf(tender, id);
    expect(letter?.fault).toContain('550');
    await tender.advance(100_000);
    expect(arrived.some(({ to }) => to.includes('gone@example.com'))).toBe(false);
  });

  test('is given up after as many refusals as there are tries', async () => {
    refusals.push(...Array.from({ length: 6 }, () => 451));
    const { id } = await ask('slow@example.com');
    for (let tries = 1; tries <= 6; tries++) {
      await until(async () => (await lettersOf(tender, id))[0]?.tries === tries);
      await tender.advance(40_000);
    }
    expect(await lettersOf(tender, id)).toMatchObject([{ state: 'failed', tries: 6 }]);
    const jobs = await tender.store.scan('jobs', null, 1000);
    expect(jobs.filter(({ kind }) => kind === 'send_mail')).toEqual([]);
  });

  test('leaves with its retention', async () => {
    const { id } = await ask('old@example.com');
    await until(async () => (await stateOf(id)) === 'sent');
    const before = Math.floor(Date.now() / 1000) + 10_000_000;
    expect(await tender.store.prune('mails', before, 1000)).toBeGreaterThan(0);
    expect(await lettersOf(tender, id)).toEqual([]);
  });
});
