import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DECLINE_CODES } from '../../src/api/stripe/decline-codes.js';
import { INTENT_LIFECYCLE } from '../../src/domain/intent.js';
import { BANK_BEHAVIOURS } from '../../src/rails/bank/behaviours.js';
import { BEHAVIOURS } from '../../src/rails/card/behaviours.js';
import { useTestTender } from '../support/running-tender.js';

const running = useTestTender([]);

async function read(path: string) {
  const reply = await fetch(running().url + path);
  return { status: reply.status, headers: reply.headers, html: await reply.text() };
}

const linksIn = (html: string): string[] =>
  [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target = '']) =>
    target.replaceAll('&amp;', '&'),
  );

/** Every page that the first one leads to, however far, with its HTML. */
async function everyPage(): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  const waiting = ['/docs'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (pages.has(path)) continue;
    const { status, html } = await read(path);
    expect(status, path).toBe(200);
    pages.set(path, html);
    for (const target of linksIn(html)) {
      const [page = ''] = target.split('#');
      if (page.startsWith('/docs') && !/\.(png|json)$/.test(page)) waiting.push(page);
    }
  }
  return pages;
}

describe('the documentation', () => {
  test('leads nowhere that is not there, and to every document', async () => {
    const pages = await everyPage();
    const pictures = new Set<string>();
    for (const [path, html] of pages)
      for (const target of linksIn(html)) {
        if (/^(https?:|mailto:|data:)/.test(target)) continue;
        const [page = '', anchor] = target.split('#');
        if (page.endsWith('.png')) pictures.add(page);
        const text = page === '' ? html : pages.get(page);
        if (anchor !== undefined) expect(text, `${path} → ${target}`).toContain(`id="${anchor}"`);
      }
    const files = readdirSync(new URL('../../docs', import.meta.url), { recursive: true });
    const documents = files.map(String).filter((file) => file.endsWith('.md'));
    expect(documents.length).toBeGreaterThan(10);
    for (const file of documents)
      expect([...pages.keys()]).toContain(`/docs/${file.replaceAll('\\', '/').slice(0, -3)}`);
    expect(pictures.size).toBeGreaterThan(3);
    for (const path of pictures) {
      const reply = await fetch(running().url + path);
      expect([reply.status, reply.headers.get('content-type')], path).toEqual([200, 'image/png']);
    }
  }, 60_000);

  test('has one script, and a policy that allows it, its style and its pictures', async () => {
    const { headers, html } = await read('/docs/integrate/stripe');
    const policy = headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual([
      "default-src 'none'",
      expect.stringMatching(/^style-src 'sha256-[^']+'$/),
      expect.stringMatching(/^script-src 'sha256-[^']+'$/),
      "img-src 'self' data:",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ]);
    // The page shows another script's tag.
    expect(html).toContain('&lt;script src=');
    expect(html.match(/<script[^>]*>/g)).toEqual(['<script>']);
    expect(html).not.toMatch(/ style=| on\w+=/);
  });

  test('shows what a document says, as it says it', async () => {
    const { html } = await read('/docs/integrate/stripe');
    expect(html).toContain('<h1 id="using-tender-as-stripe">Using Tender as Stripe</h1>');
    expect(html).toContain('<a href="/docs/project/compat">COMPAT.md</a>');
    expect(html).toContain('aria-current="page"');
  });

  test.each([
    '/docs/nothing',
    '/docs/../package.json',
    '/docs/%2e%2e/package.json',
    '/docs/integrate/stripe.md',
    '/docs/api/stripe/nothing',
    '/docs/api/nobody',
    '/docs/api/stripe/post-v1-refunds/more',
    '/docs/errors/stripe/constructor',
    '/docs/openapi/nobody.json',
    '/docs/integrate/images',
    '/docs/é<b>',
  ])('says that there is no page at %s', async (path) => {
    const { status, html } = await read(path.replace('..', '%2e%2e'));
    expect(status).toBe(404);
    expect(html).not.toContain('<b>');
  });

  test('is only read', async () => {
    const reply = await fetch(`${running().url}/docs`, { method: 'POST', body: 'a=b' });
    expect(reply.status).toBe(405);
  });
});

test('the document of intents has the lifecycle that the program reads', () => {
  const file = new URL('../../docs/concepts/intents.md', import.meta.url);
  const table = /\| from \| step \| to \|\n(.*?)\n\n/s.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const written = table.split('\n').flatMap((line) => {
    const [from, ...steps] = [...line.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    const to = steps.pop();
    return steps.map((step) => `${from} ${step} ${to}`);
  });
  const read = Object.entries(INTENT_LIFECYCLE).flatMap(([from, steps]) =>
    Object.entries(steps).map(([step, to]) => `${from} ${step} ${to}`),
  );
  expect(written.sort()).toEqual(read.sort());
});

describe('the search', () => {
  const search = (query: string) => read(`/docs/search?q=${encodeURIComponent(query)}`);
  const foundIn = (html: string): string[] =>
    [...html.matchAll(/<li><a href="([^"]*)">[^<]*<\/a>(?: <span[^>]*>[^<]*<\/span>)?\n<p>/g)].map(
      ([, href = '']) => href,
    );

  test('finds documents, operations by their fields, and errors, and leads to each', async () => {
    for (const [query, place] of [
      ['test cards', '/docs/integrate/stripe#test-cards'],
      ['off_session confirm', '/docs/api/stripe/post-v1-payment_intents'],
      ['autoExpireIn', '/docs/api/dojo/PaymentIntents_CreatePaymentIntent'],
      ['insufficient_funds', '/docs/errors/stripe/insufficient_funds'],
    ] as const) {
      const { status, html } = await search(query);
      expect(status).toBe(200);
      expect(foundIn(html), query).toContain(place);
      for (const href of foundIn(html)) {
        const [path = '', anchor] = href.split('#');
        const page = await read(path);
        expect([page.status, anchor === undefined || page.html.includes(`id="${anchor}"`)]).toEqual(
          [200, true],
        );
      }
    }
  });

  test('keeps what was typed in its field, as text', async () => {
    const { html } = await search('"><script>alert(1)</script>');
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(html.match(/<script[^>]*>/g)).toEqual(['<script>']);
  });

  test.each(['', '?q=', '?q=%', '?q=%ff%fe', '?x=1', `?q=${'a+'.repeat(4000)}`, '?q=a&q=b'])(
    'answers whatever follows its path: %.20s',
    async (query) => {
      const { status, html } = await read(`/docs/search${query}`);
      expect([status, html.includes('<h1>Search</h1>')]).toEqual([200, true]);
    },
  );
});

describe('the reference', () => {
  test('has what an operation takes, and a line that calls it', async () => {
    const { html } = await read('/docs/api/stripe/post-v1-payment_intents');
    expect(html).toContain('<code>payment_method_options[card][request_three_d_secure]</code>');
    expect(html).toContain(`curl ${running().url}/v1/payment_intents \\`);
    const dojo = await read('/docs/api/dojo/PaymentIntents_CreatePaymentIntent');
    expect(dojo.html).toContain('<code>itemLines[].modifiers[].amountPerModifier.value</code>');
    expect(dojo.html).toContain("-H 'version: 2025-09-10'");
  });
});

describe('the catalogue of errors', () => {
  test('says of a code what it means and what to do', async () => {
    const { html } = await read('/docs/errors/stripe/parameter_unknown');
    expect(html).toContain('The method has no such parameter.');
    const { html: list } = await read('/docs/errors/dojo');
    expect(list).toContain('/docs/errors/dojo/TERMINAL_UNAVAILABLE');
  });

  test('has every code that a rail refuses with', () => {
    const cards = Object.values(BEHAVIOURS).flatMap(({ payment }) =>
      payment === null ? [] : [payment.code, payment.declineCode],
    );
    const banks = Object.values(BANK_BEHAVIOURS).map(({ code }) => code);
    const codes = [...cards, ...banks].filter((code): code is string => code !== null);
    expect(codes.length).toBeGreaterThan(15);
    expect(codes.filter((code) => !Object.hasOwn(DECLINE_CODES, code))).toEqual([]);
  });

  test('has every code that is made outside of it', () => {
    const folder = new URL('../../src/', import.meta.url);
    const files = ['engine', 'rails'].flatMap((name) =>
      readdirSync(new URL(name, folder), { recursive: true })
        .map((file) => `${name}/${file}`)
        .filter((file) => /(?<!\.test)\.ts$/.test(file)),
    );
    const codes = files.flatMap((file) =>
      [...readFileSync(new URL(file, folder), 'utf8').matchAll(/silentDecline\('(\w+)'/g)].map(
        ([, code = '']) => code,
      ),
    );
    expect(codes.length).toBeGreaterThan(2);
    expect(codes.filter((code) => !Object.hasOwn(DECLINE_CODES, code))).toEqual([]);
  });
});
