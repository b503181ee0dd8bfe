import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SCHEMAS } from '../src/api/admin/schemas.js';
import { schemasFrom } from './admin-schemas.js';

test('the schemas of the admin API are those of its types', () => {
  const source = readFileSync(new URL('../src/api/admin/schema.ts', import.meta.url), 'utf8');
  // Stale? npx tsx scripts/admin-schemas.ts
  expect(SCHEMAS).toEqual(schemasFrom(source));
});

describe('of a type', () => {
  const of = (type: string, more = '') => schemasFrom(`export type T = ${type};\n${more}`).T;

  test.each([
    ['string | null', { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ["'a' | 'b'", { enum: ['a', 'b'] }],
    ["'a' | number", { anyOf: [{ enum: ['a'] }, { type: 'number' }] }],
    ['readonly boolean[]', { type: 'array', items: { type: 'boolean' } }],
    ['Readonly<Record<string, string>>', { type: 'object', additionalProperties: text() }],
    ['Readonly<Record<string, never>>', { type: 'object', additionalProperties: { not: {} } }],
    [
      'readonly (readonly [a: string, b: string])[]',
      { type: 'array', items: { type: 'array', items: text(), minItems: 2, maxItems: 2 } },
    ],
  ])('%s there is a schema', (type, schema) => {
    expect(of(type)).toEqual(schema);
  });

  test('that is generic there is one for each use', () => {
    const page = 'export interface Page<R> { readonly rows: readonly R[] }';
    const rows = { type: 'array', items: { type: 'number' } };
    expect(of('Page<number>', page)).toMatchObject({ properties: { rows }, required: ['rows'] });
  });

  test('with limits in its comment they are kept, and its sentences', () => {
    const text =
      'export interface T {\n /** Rows. @integer @minimum 1 */\n readonly n?: number;\n}';
    const n = { type: 'integer', minimum: 1, description: 'Rows.' };
    expect(schemasFrom(text).T).toEqual({ type: 'object', properties: { n } });
  });

  test('that it does not know, it says so', () => {
    expect(() => of('() => void')).toThrow('TSFunctionType has no schema');
    expect(() => of('Nowhere')).toThrow('Nowhere is not declared');
    expect(() => of('[string, number]')).toThrow('several types');
  });
});

function text() {
  return { type: 'string' };
}
