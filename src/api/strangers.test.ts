import { expect, test } from 'vitest';
import { isStrangersCall } from './strangers.js';

const open = { isOpen: true, publicUrl: () => 'https://pay.example' };
const from = (origin?: string) => ({ headers: origin === undefined ? {} : { origin } });

test.each([
  'https://evil.example',
  'http://127.0.0.1.evil.example',
  'http://localhost.evil',
  'null',
])('a page of %s may not use a secret key of an open sandbox', (origin) => {
  expect(isStrangersCall(open, from(origin), 'secret')).toBe(true);
  expect(isStrangersCall(open, from(origin), 'restricted')).toBe(true);
  expect(isStrangersCall(open, from(origin), 'publishable')).toBe(false);
  expect(isStrangersCall({ ...open, isOpen: false }, from(origin), 'secret')).toBe(false);
});

test.each([
  undefined,
  'http://localhost:3000',
  'http://shop.localhost',
  'http://127.0.0.1:5173',
  'http://[::1]:80',
  'https://pay.example',
])('a server, or a page of this machine (%s), may', (origin) => {
  expect(isStrangersCall(open, from(origin), 'secret')).toBe(false);
});
