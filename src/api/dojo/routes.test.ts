import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROUTES } from './routes.js';

interface Operation {
  readonly name?: string;
  readonly method: string;
  readonly path: string;
}

const { operations }: { operations: readonly Operation[] } = JSON.parse(
  readFileSync(new URL('../../../test/openapi/dojo.json', import.meta.url), 'utf8'),
);

/** Paths differ in the names of their parts only. */
const form = (method: string, path: string) => `${method} ${path.replace(/:\w+|\{\w+\}/g, '*')}`;

test('every operation of the description has its route, under its name', () => {
  const routes = new Map(ROUTES.map((route) => [form(route.method, route.path), route.operation]));
  for (const { name = '', method, path } of operations)
    expect(routes.get(form(method, path)), `${method} ${path}`).toBe(name);
});

test('no two routes are for the same requests', () => {
  const forms = ROUTES.map(({ method, path }) => form(method, path));
  expect(new Set(forms).size).toBe(forms.length);
});
