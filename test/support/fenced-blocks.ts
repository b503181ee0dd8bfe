import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of a document. */
export interface FencedBlock {
  /** The document, by its path from the root. */
  readonly path: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** The comment right above it, without its arrows; empty where there is none. */
  readonly mark: string;
  readonly text: string;
  /** Nothing but blank lines lies between the block before and this one. */
  readonly follows: boolean;
}

/** Languages that are shown as they are: nothing of ours reads them. */
const SHOWN = ['', 'text', 'ini', 'nginx', 'caddyfile', 'sql', 'promql', 'dockerfile', 'diff'];
const RUN = ['sh', 'bash', 'console', 'js', 'ts'];
const CHECKED = ['json', 'yaml', 'html'];
/** All that a fence may name; what is not here would be looked at by nobody. */
export const LANGUAGES: readonly string[] = [...RUN, ...CHECKED, ...SHOWN];

/** Why a block cannot be run; a reason that is not here must be a good one to be added. */
export const REASONS: readonly string[] = [
  'another test runs it',
  'needs root',
  'needs systemd',
  'needs Docker',
  'needs a browser',
  'needs a mail server',
  'needs a payment by wallet',
  'needs a published package',
  'needs PostgreSQL',
  'needs the OpenTelemetry SDK',
  'needs the Stripe CLI',
  'needs your own server',
  'runs until Ctrl-C',
  'takes minutes',
  'waits for a person',
];

const NOT_RUN = /^not run: (.+)$/;
const FILE = /^file: ([\w-]+\.(?:mjs|js|ts|json))$/;
const PRINTS = /^prints: (.+)$/;

/** The fenced blocks of a document; those in lists without their indentation. */
export function fencedBlocks(path: string): FencedBlock[] {
  const document = readFileSync(join(ROOT, path), 'utf8');
  const fenced = /^( *)```(\w*)[^\n]*\n(.*?)^\1```$/gms;
  let end = 0;
  return [...document.matchAll(fenced)].map(({ index, 0: whole, 1: indent = '', ...groups }) => {
    const above = document.slice(end, index);
    const follows = end > 0 && above.trim() === '';
    end = index + whole.length;
    const [, mark = ''] = /<!-- ([^\n]*) -->\n$/.exec(above) ?? [];
    return {
      path,
      line: document.slice(0, index).split('\n').length,
      language: groups[2] ?? '',
      mark,
      text: (groups[3] ?? '').replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      follows,
    };
  });
}

/** Why a block is not run; null: it is. */
export const reasonOf = ({ mark }: FencedBlock): string | null => NOT_RUN.exec(mark)?.[1] ?? null;

/** The name under which a block is saved beside the others; null: under none. */
export const fileOf = ({ mark }: FencedBlock): string | null => FILE.exec(mark)?.[1] ?? null;

/** What the block's output must hold, though the document shows none; null: anything. */
export const printsOf = ({ mark }: FencedBlock): string | null => PRINTS.exec(mark)?.[1] ?? null;

/** What is wrong with a block's fence or mark; null: nothing. */
export function faultOf(block: FencedBlock): string | null {
  const at = `${block.path}:${block.line}`;
  const { language, mark } = block;
  if (!LANGUAGES.includes(language)) return `${at}: nothing knows the language ${language}`;
  const reason = reasonOf(block);
  if (reason !== null)
    return REASONS.includes(reason) ? null : `${at}: "${reason}" is none of ${REASONS.join(', ')}`;
  const isMark = mark === '' || mark === 'run' || FILE.test(mark) || PRINTS.test(mark);
  return isMark ? null : `${at}: a comment above a fence says "not run:", "file:" or "prints:"`;
}

/** Whether a block is done by a shell: commands, or a program that is no file of its own. */
export function isRun(block: FencedBlock): boolean {
  return RUN.includes(block.language) && reasonOf(block) === null && fileOf(block) === null;
}

/**
 * The whole programs among a document's scripts. One without imports goes on where the one before
 * it ended, so that each is run from its imports on, once, where its last part is.
 */
export function programsOf(blocks: readonly FencedBlock[]): Map<FencedBlock, string> {
  const programs = new Map<FencedBlock, string>();
  let before: { block: FencedBlock; text: string } | null = null;
  for (const block of blocks) {
    if (!isRun(block) || !['js', 'ts'].includes(block.language)) continue;
    const begins = before === null || /^import /m.test(block.text);
    if (before !== null && !begins) programs.delete(before.block);
    const text: string = begins ? block.text : `${before?.text}\n${block.text}`;
    programs.set(block, text);
    before = { block, text };
  }
  return programs;
}
