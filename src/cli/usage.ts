import type { Command } from 'commander';
import { nearest } from '../nearest.js';

/**
 * Has every command of a tree say in one line what is wrong with how it was typed, as all other
 * failures are said, and where its options are listed.
 */
export function explainUsage(command: Command, path = command.name()): void {
  command.configureOutput({
    outputError: (text, write) => write(`tender: ${usageLine(text)} See all: ${path} --help\n`),
  });
  for (const inner of command.commands) explainUsage(inner, `${path} ${inner.name()}`);
}

/** What commander says in up to two lines, `error: …` and a word that is near, as a sentence. */
function usageLine(text: string): string {
  const [said = '', near] = text
    .trim()
    .replace(/^error: /, '')
    .split('\n');
  const hint = near === undefined ? '' : ` ${near}`;
  const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1)}`.replace(/\.$/, '');
  return `${sentence}.${hint}`;
}

/**
 * What a command does that only has others: its help, or where a word was typed that is none of
 * them, an error. Commander would count that word as an argument too many.
 */
export function groupOnly(group: Command): void {
  group.allowExcessArguments().action(() => {
    const [word] = group.args;
    if (word === undefined) group.outputHelp();
    else group.error(`error: there is no command ${word}${hintFor(word, group)}`);
  });
}

function hintFor(word: string, { commands }: Command): string {
  const near = nearest(
    word,
    commands.map((each) => each.name()),
  );
  return near === null ? '' : `\n(Did you mean ${near}?)`;
}
