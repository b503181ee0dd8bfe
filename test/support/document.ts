import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSX = import.meta.resolve('tsx');

/** How long one block of a document may run. */
export const RUN_MS_MAX = 60_000;

/** A fenced block; `mark` is the comment above it, without its arrows. */
interface Block {
  readonly mark: string;
  readonly language: string;
  readonly text: string;
}

/** What a block printed. */
export interface Printed {
  /** What the document says that it prints, in a `text` block below; null where it does not. */
  readonly said: string | null;
  readonly printed: string;
}

/** A document's programs in a folder of their own, as a reader would have copied them. */
export interface OpenedDocument {
  /** Where the programs are; `package.json` says that they are modules. */
  readonly folder: string;
  /** Runs the blocks marked `run` in their order. */
  runAll(): Promise<Printed[]>;
  /** Deletes the folder. */
  close(): void;
}

/**
 * Opens a document of the repository. Blocks marked `file: x.mjs` become files.
 * @param path from the root
 * @param replaced texts of the document, such as its ports, by what stands for them in this run
 */
export function openDocument(
  path: string,
  replaced: Readonly<Record<string, string>>,
): OpenedDocument {
  let document = readFileSync(join(ROOT, path), 'utf8');
  for (const [text, by] of Object.entries(replaced)) document = document.replaceAll(text, by);
  const fenced = /(?:<!-- ([^\n]+) -->\n)?```(\w+)\n(.*?)^```$/gms;
  const blocks: Block[] = [...document.matchAll(fenced)].map(
    ([, mark = '', language = '', text = '']) => ({ mark, language, text }),
  );
  const folder = mkdtempSync(join(tmpdir(), 'tender-docs-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { mark, text } of blocks) {
    const [, name] = /^file: (\w+\.mjs)$/.exec(mark) ?? [];
    if (name !== undefined) writeFileSync(join(folder, name), text);
  }
  const runAll = async (): Promise<Printed[]> => {
    const results: Printed[] = [];
    for (const [index, { mark, text }] of blocks.entries()) {
      if (mark !== 'run') continue;
      // What stays in the background ends with its block.
      const printed = await runShell(folder, text);
      const next = blocks[index + 1];
      const said = next?.language === 'text' ? next.text.trim() : null;
      results.push({ said, printed: printed.trim() });
    }
    return results;
  };
  return { folder, runAll, close: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What a shell wrote to its standard output; throws with the rest where a command failed. */
async function runShell(folder: string, script: string): Promise<string> {
  const setup = "set -euo pipefail; trap 'kill $(jobs -p) 2>&- || true' EXIT";
  const args = ['--norc', '-c', `${setup}\n${script}`];
  const env = { PATH: process.env.PATH, NODE_OPTIONS: `--import ${TSX}` };
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn('bash', args, { cwd: folder, env, stdio: [...stdio], timeout: RUN_MS_MAX });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk) => void out.push(String(chunk)));
  child.stderr.on('data', (chunk) => void err.push(String(chunk)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${script}ended with ${code}: ${err.join('')}`);
  return out.join('');
}
