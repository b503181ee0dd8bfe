import { createContext, runInContext } from 'node:vm';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { HttpReply } from './api/http.js';
import { walletFiles } from './wallet-files.js';

const answer = walletFiles(() => ({ origin: 'https://wallet.example:4402', mode: 'live' }));

function ask(path: string, method = 'GET', headers = {}): HttpReply {
  const body = Buffer.alloc(0);
  return answer({ method, path, query: '', headers, body, remoteAddress: '127.0.0.1' });
}

const isBuilt = ask('/').status === 200;

test('what is not built says so; what is, stays within its folder', () => {
  const reply = ask('/..%2f..%2fpackage.json');
  expect([404, 503]).toContain(reply.status);
  expect(String(reply.body)).not.toContain('"name"');
  if (!isBuilt) expect(String(ask('/').body)).toContain('npm run build');
});

describe.runIf(isBuilt)('the wallet as it was built', () => {
  const page = ask('/');
  const policy = page.headers['content-security-policy'] ?? '';

  test('is a page without scripts or styles of its own, which nobody may frame', () => {
    const html = String(page.body);
    expect(html).toContain('name="tender-mode" content="live"');
    expect(html).not.toMatch(/<style|<script(?![^>]* src=)| on\w+=| style=/);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self' wss://wallet.example:4402",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ])
      expect(policy.split('; ')).toContain(part);
    expect(policy).not.toContain('unsafe');
    expect(page.headers['cache-control']).toBe('no-cache');
    expect(page.headers['permissions-policy']).toContain('camera=(self)');
  });

  test('names only files that are there, kept for ever where their names change', () => {
    const paths = [...String(page.body).matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(
      ([, path]) => path,
    );
    expect(paths.length).toBeGreaterThan(3);
    for (const path of paths) {
      const reply = ask(String(path));
      expect(reply.status).toBe(200);
      const kept = reply.headers['cache-control'];
      expect(kept).toBe(
        path?.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    }
  });

  test('is shown at the address of a tip, and nowhere else', () => {
    expect(ask('/x/ada').body).toEqual(page.body);
    expect(ask('/x/').status).toBe(404);
    expect(ask('/x/a/b').status).toBe(404);
    expect(ask('/payments').status).toBe(404);
    expect(ask('/', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('is compressed as the browser takes it', () => {
    const packed = ask('/', 'GET', { 'accept-encoding': 'br' });
    expect(packed.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(packed.body as Buffer)).toEqual(page.body);
    const icon = ask('/icon-512.png', 'GET', { 'accept-encoding': 'br' });
    expect(icon.headers['content-encoding']).toBeUndefined();
    expect(icon.headers['content-type']).toBe('image/png');
  });

  test('fits 100 kB, compressed, with all that it loads later', () => {
    const { paths } = workerFiles();
    const sizes = paths
      .filter((path) => !path.endsWith('.png'))
      .map((path) => ask(path, 'GET', { 'accept-encoding': 'gzip' }).body.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100_000);
  });
});

/** What the service worker is told to keep. */
function workerFiles(): { version: string; paths: string[] } {
  const context = createContext({ self: {} });
  const [line = ''] = String(ask('/sw.js').body).split('\n');
  return runInContext(`${line} self.TENDER_FILES`, context);
}

describe.runIf(isBuilt)('the service worker', () => {
  test('keeps every file but itself, and is not kept', () => {
    const { version, paths } = workerFiles();
    expect(version).toMatch(/^[\w-]{16}$/);
    expect(paths).toContain('/');
    expect(paths).toContain('/manifest.webmanifest');
    expect(paths).not.toContain('/sw.js');
    for (const path of paths) expect(ask(path).status).toBe(200);
    expect(ask('/sw.js').headers['cache-control']).toBe('no-cache');
  });

  test('is another one where the page is another one', () => {
    const sandbox = walletFiles(() => ({ origin: 'https://wallet.example:4402', mode: 'sandbox' }));
    const body = Buffer.alloc(0);
    const request = { method: 'GET', path: '/sw.js', query: '', headers: {}, body };
    const other = sandbox({ ...request, remoteAddress: '127.0.0.1' });
    expect(String(other.body)).not.toBe(String(ask('/sw.js').body));
  });
});
