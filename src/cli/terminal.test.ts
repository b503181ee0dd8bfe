import { expect, test } from 'vitest';
import { columns, makePaint, wantsColors } from './terminal.js';

test('columns are aligned, whatever is painted', () => {
  const { strong } = makePaint(true);
  expect(
    columns([
      ['a', 'b'],
      ['long', 'c', 'd'],
      [strong('xy'), ''],
    ]),
  ).toEqual(['a     b', 'long  c  d', '\u001b[1mxy\u001b[0m']);
});

test('colours are for people at a terminal who want them', () => {
  const terminal = { isTTY: true, write: () => {} };
  expect(wantsColors(terminal, {})).toBe(true);
  expect(wantsColors(terminal, { NO_COLOR: '' })).toBe(true);
  expect(wantsColors(terminal, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColors(terminal, { TERM: 'dumb' })).toBe(false);
  expect(wantsColors({ write: () => {} }, {})).toBe(false);
});

test('without colours text stays as it is', () => {
  expect(makePaint(false).failure('no')).toBe('no');
});
