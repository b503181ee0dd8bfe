import { expect, test } from 'vitest';
import { CsvFault, readCsv } from './csv-read.js';

const read = (text: string) => [...readCsv(text)].map(({ line, cells }) => [line, ...cells]);

test('cells are read with their quotes, over several lines, and say where they begin', () => {
  expect(read('\ufeffa,b\r\n1,"x, ""y"""\n\n"two\nlines",\n,z')).toEqual([
    [1, 'a', 'b'],
    [2, '1', 'x, "y"'],
    [4, 'two\nlines', ''],
    [6, '', 'z'],
  ]);
  expect(read('')).toEqual([]);
  expect(read('a\n')).toEqual([[1, 'a']]);
  expect(read('a,')).toEqual([[1, 'a', '']]);
});

test('a quoted cell may be longer than the stack of a pattern', () => {
  const long = 'a'.repeat(20_000_000);
  expect([...readCsv(`id,"${long}"`)][0]?.cells[1] === long).toBe(true);
});

test.each(['a\n"open', 'a\n"x"y,z', 'a\nx"y"'])(
  'what is not quoted whole is refused: %j',
  (text) => {
    expect(() => read(text)).toThrow(CsvFault);
    try {
      read(text);
    } catch (error) {
      expect((error as CsvFault).line).toBe(2);
    }
  },
);
