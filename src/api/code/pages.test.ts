import { describe, expect, test } from 'vitest';
import { codePageMounts } from './pages.js';

const mounts = codePageMounts(() => 'https://pay.example');

const get = async (path: string, method = 'GET') => {
  const mount = mounts.find(({ prefix }) => path.startsWith(prefix));
  if (mount === undefined) throw new Error(`nobody answers ${path}`);
  return mount.handle({
    method,
    path,
    query: '',
    headers: {},
    body: Buffer.alloc(0),
    remoteAddress: '127.0.0.1',
  });
};

const modes = ['payment', 'login', 'tip'];
const parts = ['button', 'modal-desktop', 'modal-mobile', 'page-desktop', 'page-mobile'];
const names = modes.flatMap((mode) => parts.map((part) => `${mode}-request-${part}`));
const isBuilt = (await get('/v1/elements/tip-request-button/')).status !== 503;

describe('the pages for elements', () => {
  test.runIf(isBuilt).each(names)('%s is there, with and without the slash', async (name) => {
    for (const path of [`/v1/elements/${name}/`, `/v1/elements/${name}`]) {
      const { status, headers, body } = await get(path);
      expect(status, path).toBe(200);
      const page = String(body);
      expect(page).toContain('name="tender-origin" content="https://pay.example"');
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain('connect-src https://pay.example wss://pay.example;');
      expect(policy).toContain('frame-ancestors *');
      expect(policy).not.toContain('allow-same-origin');
      // What the page loads is what it may load.
      for (const [, source] of page.matchAll(/(?:src|href)="([^"]+)"/g))
        expect(policy).toContain(String(source));
    }
  });

  test.runIf(isBuilt)('a button is another page than what it opens', async () => {
    const button = await get('/v1/elements/payment-request-button/');
    const modal = await get('/v1/elements/payment-request-modal-desktop/');
    expect(button.body).not.toEqual(modal.body);
    expect(modal.body).toEqual((await get('/v1/elements/tip-request-page-mobile/')).body);
  });

  test.each([
    'payment-request-card/',
    'payment-request-button/extra',
    'donation-request-button/',
    'request',
    'button',
    'page.html',
    '..%2f..%2fpackage.json',
    'assets/../request',
  ])('%s is not there', async (name) => {
    const { status } = await get(`/v1/elements/${name}`);
    expect(status).toBe(isBuilt ? 404 : 503);
  });

  test.runIf(isBuilt)('are only read', async () => {
    const { status, headers } = await get('/v1/elements/tip-request-button/', 'POST');
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET, HEAD');
  });

  test.runIf(!isBuilt)('say so where they are not built', async () => {
    const { body, headers } = await get('/v1/elements/tip-request-button/');
    expect(String(body)).toContain('npm run build');
    expect(headers['cache-control']).toBe('no-store');
  });
});

test('the script is a module that any page may load', async () => {
  const { status, headers, body } = await get('/v1/code.js');
  expect([200, 503]).toContain(status);
  expect(headers['content-type']).toContain('text/javascript');
  expect(headers['access-control-allow-origin']).toBe('*');
  if (status === 200) expect(String(body)).toMatch(/export ?\{[^}]*as default/);
});
