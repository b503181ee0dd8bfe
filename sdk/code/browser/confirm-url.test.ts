import { expect, test } from 'vitest';
import { confirmUrl } from './confirm-url.js';

const PAGE = 'https://shop.example/checkout?step=2';

test.each([
  ['/verify/{{INTENT_ID}}', 'https://shop.example/verify/abc'],
  [
    'https://other.example/?id={{INTENT_ID}}&again={{INTENT_ID}}',
    'https://other.example/?id=abc&again=abc',
  ],
  ['https://shop.example/%7B%7BINTENT_ID%7D%7D', 'https://shop.example/abc'],
  ['done', 'https://shop.example/done'],
  [undefined, PAGE],
  ['javascript:alert(1)', null],
  ['https://', null],
])('a confirmation at %s is at %s', (url, expected) => {
  expect(confirmUrl(url, PAGE, 'abc')).toBe(expected);
});
