import { expect, test } from 'vitest';
import { framesMount } from './assets.js';

const mount = framesMount(() => 'https://pay.example');

const get = async (path: string, method = 'GET') =>
  mount.handle({
    method,
    path,
    query: '',
    headers: {},
    body: Buffer.alloc(0),
    remoteAddress: '127.0.0.1',
  });

test('a path outside of the build is not there, nor is all without a build', async () => {
  const reply = await get('/frames/..%2f..%2fpackage.json');
  expect([404, 503]).toContain(reply.status);
  expect(String(reply.body)).not.toContain('"name"');
});

test('the page names the public origin, wherever the server was reached', async () => {
  const reply = await get('/frames/element.html');
  if (reply.status === 503) {
    expect(String(reply.body)).toContain('npm run build');
    expect(reply.headers['cache-control']).toBe('no-store');
    return;
  }
  const page = String(reply.body);
  expect(page).toContain('name="tender-origin" content="https://pay.example"');
  expect(page).not.toMatch(/(src|href)="(?!https:\/\/pay\.example\/frames\/assets\/)/);
  const policy = reply.headers['content-security-policy'] ?? '';
  expect(policy).toContain('connect-src https://pay.example;');
  for (const [, source] of page.matchAll(/(?:src|href)="([^"]+)"/g))
    expect(policy).toContain(String(source));
});
