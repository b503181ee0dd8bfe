import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** An account as a line of the journal has it; null where it has gone. */
export interface JournalAccount {
  readonly address: string;
  /** Decimal text. */
  readonly lamports: string;
  readonly program: string;
  /** Base64. */
  readonly data: string;
}

/** What one transaction, or the beginning, has made of the chain. */
export interface JournalEntry {
  /** How many transactions the chain has seen, this one included. */
  readonly height: number;
  readonly accounts: readonly JournalAccount[];
  readonly gone: readonly string[];
  readonly transaction: string | null;
}

/** A chain's transactions on disk, in order. */
export interface Journal {
  /** Resolves once the entry is on disk; several that wait go together. */
  append(entry: JournalEntry): Promise<void>;
  close(): Promise<void>;
}

/** A journal is there but cannot be read. */
export class JournalDamaged extends Error {}

/**
 * What a journal says, oldest first; empty where there is none. A last line without its end was
 * being written when the process died, and nobody was told of it: it is left out.
 */
export async function readJournal(file: string): Promise<JournalEntry[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  lines.pop();
  return lines.map((line, i) => {
    try {
      return JSON.parse(line) as JournalEntry;
    } catch {
      throw new JournalDamaged(`line ${i + 1} of ${file} cannot be read`);
    }
  });
}

export interface JournalSettings {
  readonly file: string;
  /** The whole state in memory, entries that wait to be written included. */
  readonly snapshot: () => readonly JournalEntry[];
  /** Lines after which the journal begins anew, with the state alone. */
  readonly lines_max: number;
}

/** Begins a journal anew with the state as it is, and goes on from there. */
export async function startJournal(settings: JournalSettings): Promise<Journal> {
  const { file, snapshot, lines_max } = settings;
  let handle = await replace(file, snapshot());
  let waiting: JournalEntry[] = [];
  let lines = 0;
  let next: Promise<void> | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const write = async (before: Promise<unknown>): Promise<void> => {
    await before;
    const entries = waiting;
    waiting = [];
    next = null;
    lines += entries.length;
    if (lines <= lines_max) {
      await handle.appendFile(entries.map(lineOf).join(''));
      await handle.datasync();
      return;
    }
    // Told of again beside the state: that a transaction was carried out is in its own entry.
    const anew = await replace(file, [...snapshot(), ...entries]);
    await handle.close();
    handle = anew;
    lines = 0;
  };
  return {
    append: (entry) => {
      waiting.push(entry);
      if (next === null) {
        next = write(last);
        last = next;
      }
      return next;
    },
    close: async () => {
      await last.catch(() => {});
      await handle.close();
    },
  };
}

/** Writes a journal whole, and puts it in place of the one before once it is on disk. */
async function replace(file: string, entries: readonly JournalEntry[]): Promise<FileHandle> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(`${file}.new`, 'w', 0o600);
  await handle.writeFile(entries.map(lineOf).join(''));
  await handle.sync();
  await rename(`${file}.new`, file);
  await syncFolder(dirname(file));
  return handle;
}

function lineOf(entry: JournalEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** A new name is on disk only once its folder is; Windows cannot, and need not, be asked. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}
