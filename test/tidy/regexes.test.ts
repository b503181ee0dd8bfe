import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { slowShape } from './regex-shape.js';
import { isCode, isTest, type Node, sourceFile } from './source.js';

/** Expressions whose shape could be slow, by what they read that cannot make them so. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  'what a page of the shop itself gives, in its own browser': [
    '^((pi|seti)_[^/?#]+?)_secret_[^/?#]+$',
    '^\\S+@\\S+\\.\\S+$',
  ],
  'what the operator or the shop has set up': ['\\/+$'],
  'the fragment of a URL: it has no line breaks, so that the rest of it always matches': [
    '[#/]p=(.+)$',
  ],
  'a content of 88 bytes that we have signed': ['\\0+$'],
  'digits of an amount: 19 at most': ['\\B(?=(?:\\d{3})+$)', '\\B(?=(\\d{3})+$)', '0+$'],
  'a sentence of our own': ['\\.+$'],
  'a text of which each number was found to have nine digits at most': ['(\\d+)([smhdw])'],
  'an address of 254 characters at most, whose points end each part': [
    "^[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~-]+(\\.[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~-]+)*$",
    '^[\\p{L}\\p{N}]([\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?' +
      '(\\.[\\p{L}\\p{N}]([\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?)+$',
  ],
};

/** Reads our own documents, and escapes what is searched for in them. */
const DOCUMENTS = 'src/api/docs/';

/** Every expression that is written down in a program, with its flags. */
function expressionsIn(node: unknown): { pattern: string; flags: string }[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(expressionsIn);
  const { regex, ...rest } = node as Node & { regex?: { pattern: string; flags: string } };
  if (regex !== undefined) return [regex];
  return Object.values(rest).flatMap(expressionsIn);
}

function expressionsOf(folder: string) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => isCode(path) && !isTest(path) && !/\/(node_modules|dist|proto)\//.test(path))
    .filter((path) => !path.startsWith(DOCUMENTS))
    .flatMap((path) => {
      const { program } = sourceFile(path, readFileSync(path, 'utf8'));
      return expressionsIn(program).map(({ pattern, flags }) => ({ path, pattern, flags }));
    });
}

describe('the shape of a regular expression', () => {
  test.each([
    ['(a+)+$', ''],
    ['^(?:a|a)*$', ''],
    ['^(\\w+\\s?)*$', ''],
    ['\\s*;\\s*', ''],
    ['=+$', ''],
    ['^\\s*a?\\s*$', ''],
    ['^.*,.*,.*$', ''],
    ['<[^>]*>', 'g'],
    ['\\B(?=(\\d{3})+$)', 'g'],
    ['(x|\\s+)y', ''],
  ])('tells that /%s/%s can be slow', (pattern, flags) => {
    expect(slowShape(pattern, flags)).not.toBeNull();
  });

  test.each([
    ['^a+$', ''],
    ['\\s+', 'g'],
    ['[^,]*', 'y'],
    ['^(\\.[a-z]+)*$', ''],
    ['^(?:[^"]|"")*$', ''],
    ['^[a-z]+@[a-z]+$', ''],
    ['\\/[a-z]+', ''],
    ['={1,2}$', ''],
    ['^(?:[\\w-]{4})*!$', ''],
  ])('tells that /%s/%s is linear', (pattern, flags) => {
    expect(slowShape(pattern, flags)).toBeNull();
  });
});

test('no regular expression of the server or the SDK can be slow', () => {
  const found = ['src', 'sdk'].flatMap(expressionsOf);
  expect(found.length).toBeGreaterThan(100);
  const known = Object.values(KNOWN).flat();
  const slow = found.flatMap(({ path, pattern, flags }) => {
    const why = known.includes(pattern) ? null : slowShape(pattern, flags);
    return why === null ? [] : [`${path}: /${pattern}/${flags} ${why}`];
  });
  expect(slow).toEqual([]);
  const patterns = new Set(found.map(({ pattern }) => pattern));
  expect(known.filter((each) => !patterns.has(each))).toEqual([]);
});
