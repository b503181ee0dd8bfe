import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandFolder } from './document-commands.js';
import { type FencedBlock, fencedBlocks, fileOf, isRun, programsOf } from './fenced-blocks.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSX = import.meta.resolve('tsx');

/** How long a whole document may run. */
export const RUN_MS_MAX = 240_000;

/** What a block printed. */
export interface Printed {
  readonly block: FencedBlock;
  readonly printed: string;
  /** The block right below, which says what this one prints; null where there is none. */
  readonly said: FencedBlock | null;
}

/** A document's programs in a folder of their own, as a reader would have copied them. */
export interface OpenedDocument {
  /** Where the programs are; `package.json` says that they are modules. */
  readonly folder: string;
  readonly blocks: readonly FencedBlock[];
  /**
   * Runs its commands and programs in their order, in one shell, so that variables and what stays
   * in the background are there for the later ones. Throws where one fails, and says which.
   */
  runAll(): Promise<Printed[]>;
  /** Deletes the folder. */
  close(): void;
}

export interface DocumentSettings {
  /** Texts of the document, such as its ports, by what stands for them in this run. */
  readonly replaced: Readonly<Record<string, string>>;
  /** Of its commands' environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What `./data` is a copy of; absent, there is none. */
  readonly data?: string;
}

/**
 * Opens a document of the repository.
 * @param path from the root
 */
export function openDocument(path: string, settings: DocumentSettings): OpenedDocument {
  const blocks = fencedBlocks(path).map((block) => ({
    ...block,
    text: Object.entries(settings.replaced).reduce(
      (text, [from, to]) => text.replaceAll(new RegExp(`\\b${from}\\b`, 'g'), to),
      block.text,
    ),
  }));
  const place = mkdtempSync(join(tmpdir(), 'tender-docs-'));
  const folder = join(place, 'work');
  mkdirSync(folder);
  const saved = join(ROOT, 'dist/sdk/code-server.js');
  symlinkSync(saved, join(folder, 'code-server.js'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  if (settings.data !== undefined) cpSync(settings.data, join(folder, 'data'), { recursive: true });
  for (const block of blocks) {
    const name = fileOf(block);
    if (name !== null) writeFileSync(join(folder, name), block.text);
  }
  const runAll = async (): Promise<Printed[]> => {
    const commands = commandsOf(blocks, folder);
    const ran = blocks.filter((block) => commands.has(block));
    await runShell(place, [...commands.values()], ran, settings.env ?? {});
    return ran.map((block, index) => ({
      block,
      printed: readFileSync(join(place, `out-${index}`), 'utf8'),
      said: saidBelow(blocks, block),
    }));
  };
  const close = (): void => rmSync(place, { recursive: true, force: true });
  return { folder, blocks, runAll, close };
}

/** What the shell does for each block that is run, in their order. Programs are saved for it. */
function commandsOf(blocks: readonly FencedBlock[], folder: string): Map<FencedBlock, string> {
  const programs = programsOf(blocks);
  const commands = new Map<FencedBlock, string>();
  for (const block of blocks.filter(isRun)) {
    const { language, line, text } = block;
    if (language === 'console') commands.set(block, consoleCommands(text));
    else if (language !== 'js' && language !== 'ts') commands.set(block, text);
    const program = programs.get(block);
    if (program === undefined) continue;
    const name = `line-${line}.${language}`;
    writeFileSync(join(folder, name), program);
    commands.set(block, language === 'ts' ? `node --import ${TSX} ${name}\n` : `node ${name}\n`);
  }
  return commands;
}

/** The lines after a prompt, with those that a backslash joins to them. */
function consoleCommands(text: string): string {
  return [...text.matchAll(/^\$ ((?:[^\n]*\\\n)*[^\n]*\n)/gm)].map(([, line]) => line).join('');
}

/** What a block says that it prints: in a block of output below it, or among its own commands. */
function saidBelow(blocks: readonly FencedBlock[], block: FencedBlock): FencedBlock | null {
  if (block.language === 'console') {
    const text = block.text.replaceAll(/^\$ (?:[^\n]*\\\n)*[^\n]*\n/gm, '');
    return text.trim() === '' ? null : { ...block, language: 'text', text };
  }
  const below = blocks[blocks.indexOf(block) + 1];
  return below?.follows === true && ['text', 'json'].includes(below.language) ? below : null;
}

/** Runs each command with its output into a file `out-` and its number. */
async function runShell(
  place: string,
  commands: readonly string[],
  blocks: readonly FencedBlock[],
  more: Readonly<Record<string, string>>,
): Promise<void> {
  const at = join(place, 'at');
  const steps = commands.map(
    (command, index) =>
      `echo ${index} > ${at}\n{\n${command}\n} > ${join(place, `out-${index}`)}\n`,
  );
  const end = 'jobs=$(jobs -p); [ -z "$jobs" ] || { kill $jobs; wait $jobs; } 2>&- || true';
  const script = `set -euo pipefail\ntrap '${end}' EXIT\n${steps.join('')}`;
  const env = {
    PATH: `${commandFolder(place)}:${process.env.PATH}`,
    HOME: place,
    CURL_HOME: place,
    NO_COLOR: '1',
    ...more,
  };
  const child = spawn('bash', ['--norc', '-c', script], {
    cwd: join(place, 'work'),
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, so that a command that never ends is ended with its shell.
    detached: true,
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk) => void errors.push(String(chunk)));
  const late = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, RUN_MS_MAX);
  const [code] = await once(child, 'close');
  clearTimeout(late);
  if (code === 0) return;
  const index = Number(readFileSync(at, 'utf8'));
  const block = blocks[index];
  const where = `${block?.path}:${block?.line}`;
  const printed = readFileSync(join(place, `out-${index}`), 'utf8');
  throw new Error(`${where} ended with ${code}:\n${commands[index]}${printed}${errors.join('')}`);
}
