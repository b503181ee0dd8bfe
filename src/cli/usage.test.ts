import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { VARIABLES } from '../variables.js';
import { program } from './main.js';

/** A terminal's width where nobody has changed it. */
const COLUMNS = 80;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Every command's help by the words that ask for it, as a terminal of 80 columns shows it. */
function helps(command: Command, path = command.name()): [string, string][] {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => COLUMNS,
  });
  command.outputHelp();
  return [
    [path, text],
    ...command.commands.flatMap((each) => helps(each, `${path} ${each.name()}`)),
  ];
}

/** What a line that is typed wrong is answered with; the process would end there. */
async function refusalOf(...args: string[]): Promise<string> {
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
  await expect(program().parseAsync(['node', 'tender', ...args])).rejects.toThrow('exit 1');
  return said;
}

test('the help of every command fits a terminal of 80 columns', () => {
  const all = helps(program());
  expect(all.length).toBeGreaterThan(30);
  const wide = all.flatMap(([path, text]) =>
    text
      .split('\n')
      .filter((line) => [...line].length > COLUMNS)
      .map((line) => `${path}: ${line}`),
  );
  expect(wide).toEqual([]);
});

test('the settings that are documented are those that the server reads and its help lists', () => {
  const [, help = ''] = helps(program()).find(([path]) => path === 'tender start') ?? [];
  const namesIn = (text: string): string[] =>
    [...new Set(text.match(/\bTENDER_[A-Z_]+/g) ?? [])].sort();
  expect(namesIn(help)).toEqual(VARIABLES.filter((name) => name !== 'TENDER_SECRET_KEY').sort());
  const readme = readFileSync('README.md', 'utf8').split('## Settings')[1] ?? '';
  expect(VARIABLES).toEqual(expect.arrayContaining(namesIn(readme)));
});

test.each([
  [['frob'], 'There is no command frob. See all: tender --help'],
  [['strat'], 'There is no command strat. (Did you mean start?) See all: tender --help'],
  [
    ['wallet', 'balence'],
    'There is no command balence. (Did you mean balance?) See all: tender wallet --help',
  ],
  [
    ['start', '--prot', '1'],
    "Unknown option '--prot'. (Did you mean --port?) See all: tender start --help",
  ],
  [['show'], "Missing required argument 'id'. See all: tender show --help"],
  [['clock', 'advance'], "Missing required argument 'by'. See all: tender clock advance --help"],
])('what is typed wrong is answered in one line: %j', async (args, line) => {
  expect(await refusalOf(...args)).toBe(`tender: ${line}\n`);
});
