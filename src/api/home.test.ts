import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkoutCommand, homeMount, type Place, paymentCommand, paymentSnippet } from './home.js';
import type { HttpReply } from './http.js';

const sandbox: Place = {
  url: 'http://127.0.0.1:4400',
  mode: 'sandbox',
  takesAnyKey: true,
  hasDemo: true,
  hasWallet: true,
  hasMailbox: true,
};

async function ask(place: Place, path = '/', method = 'GET'): Promise<HttpReply> {
  const request = { method, path, query: '', headers: {}, body: Buffer.alloc(0) };
  return homeMount(() => place).handle({ ...request, remoteAddress: '' });
}

describe('the first page', () => {
  test('has no script, and a policy that allows only its own style', async () => {
    const { status, headers, body } = await ask(sandbox);
    expect(status).toBe(200);
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(String(body)) ?? [];
    const digest = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toContain(`style-src 'sha256-${digest}'`);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).not.toMatch(/<script| on\w+=| style=/);
  });

  test('shows the command, the program and where things are', async () => {
    const { body } = await ask(sandbox);
    for (const text of [
      'curl http://127.0.0.1:4400/v1/',
      'port: 4400',
      'curl http://127.0.0.1:4400/payment-intents \\\n  -H ',
      'href="/readyz"',
      'href="/mailbox"',
    ]) {
      expect(body).toContain(text);
    }
  });

  test('repeats nothing as HTML', async () => {
    const { body } = await ask({ ...sandbox, url: 'http://x/"><b>&' });
    expect(body).not.toContain('"><b>');
    expect(body).toContain('http://x/&quot;&gt;&lt;b&gt;&amp;');
  });

  test('offers no simulated payment in live mode', async () => {
    const { body } = await ask({ ...sandbox, mode: 'live', takesAnyKey: false });
    expect(body).not.toMatch(/pm_card|sk_test|curl/);
    expect(body).toContain('move money');
  });

  test('is the only one there is', async () => {
    expect(await ask(sandbox, '/x')).toMatchObject({ status: 404 });
    expect(await ask(sandbox, '/', 'POST')).toMatchObject({ status: 405 });
  });
});

test('where keys are configured, none is shown', () => {
  const place = { ...sandbox, takesAnyKey: false };
  expect(paymentCommand(place)).toContain('-u "$TENDER_SECRET_KEY:"');
  expect(checkoutCommand(place)).toContain('-H "Authorization: Basic $TENDER_SECRET_KEY"');
  expect(paymentSnippet(place)).toContain('new Stripe(process.env.TENDER_SECRET_KEY,');
});

test('an address without a port has the scheme’s', () => {
  const snippet = paymentSnippet({ ...sandbox, url: 'https://pay.example.com' });
  expect(snippet).toContain("protocol: 'https', host: 'pay.example.com', port: 443");
});

test('texts have WCAG AA contrast in both schemes', async () => {
  const body = String((await ask(sandbox)).body);
  const palettes = [...body.matchAll(/--ink: (#\w+); --paper: (#\w+); --accent: (#\w+)/g)];
  expect(palettes).toHaveLength(2);
  for (const [, ink = '', paper = '', accent = ''] of palettes) {
    const quiet = mix(ink, paper, 0.72);
    for (const color of [ink, accent, quiet]) expect(contrast(color, paper)).toBeGreaterThan(4.5);
    expect(contrast(ink, mix(ink, paper, 0.04))).toBeGreaterThan(4.5);
  }
});

function channels(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

function mix(color: string, other: string, share: number): string {
  const others = channels(other);
  const mixed = channels(color).map((c, i) =>
    Math.round(c * share + (others[i] ?? 0) * (1 - share)),
  );
  return `#${mixed.map((c) => c.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = channels(color).map((c) => {
    const part = c / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}
