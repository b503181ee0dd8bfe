import { expect, test } from 'vitest';
import { isEmail } from './mail.js';

test.each(['a@b.co', 'ada.lovelace+shop@mail.example.com', 'straße@bücher.example', "o'neil@x.ie"])(
  'a letter can go to %s',
  (address) => expect(isEmail(address)).toBe(true),
);

test.each([
  '',
  'ada',
  '@example.com',
  'ada@',
  'ada@example',
  'ada@example..com',
  '.ada@example.com',
  'ada@-example.com',
  'ada@example.com, eve@example.com',
  'Ada <ada@example.com>',
  'ada@example.com\r\nBcc: eve@example.com',
  'ada@eve@example.com',
  `${'a'.repeat(65)}@example.com`,
  `ada@${'a'.repeat(250)}.com`,
])('a letter cannot go to %j', (address) => expect(isEmail(address)).toBe(false));
