import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ABILITY_NAMES, type Ability, RAIL_ABILITIES } from './rail-abilities.js';

/** The rows of the table of a page whose header begins so; cells by column. */
function tableOf(page: string, header: string): string[][] {
  const lines = page.split('\n');
  const at = lines.findIndex((line) => line.startsWith(header));
  const rows = lines.slice(at, at + lines.slice(at).indexOf(''));
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  return cells.map((row) => row.slice(1, -1)).filter(([first]) => first !== '---');
}

test('the table of rails that is published is the one that is enforced', () => {
  const page = readFileSync(new URL('../../docs/concepts/one-intent.md', import.meta.url), 'utf8');
  const [header = [], ...rows] = tableOf(page, '| rail |');
  const names = Object.keys(ABILITY_NAMES) as Ability[];
  expect(header.slice(2)).toEqual(names.map((name) => ABILITY_NAMES[name]));
  const published = rows.map(([rail, , ...can]) => [rail, ...can]);
  const enforced = Object.entries(RAIL_ABILITIES).map(([rail, abilities]) => [
    rail,
    ...names.map((name) => (abilities[name] ? 'yes' : 'no')),
  ]);
  expect(published).toEqual(enforced);
});
