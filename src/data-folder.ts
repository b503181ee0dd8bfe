import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { StartFault } from './start-fault.js';

/** Who has a data folder open. */
export interface Holder {
  readonly pid: number;
  readonly machine: string;
  /** The command, in words. */
  readonly what: string;
  readonly since: string;
  /** Where it answers; null while it does not. */
  readonly url: string | null;
}

export interface DataFolder {
  readonly path: string;
  readonly databaseFile: string;
  /** Tells others, who find the folder taken, where its holder answers. */
  announce(url: string): void;
  /** Lets others have the folder. */
  release(): void;
}

/** The folder cannot be used; the message says why and what to do, on one line. */
export class DataFolderFault extends StartFault {}

const DATABASE = 'tender.db';
const LOCK = 'lock';
const HOLDER = 'holder.json';
const KEY = 'key';
const MODE = 'mode';

/**
 * Opens a data folder for one process alone, making it where there is none. Throws DataFolderFault
 * when somebody else has it, when it is of another mode, or when it cannot be written.
 */
export function openDataFolder(path: string, mode: string, what: string): DataFolder {
  orFault(path, () => mkdirSync(path, { recursive: true, mode: 0o700 }));
  const lock = takeLock(path);
  const holderFile = join(path, HOLDER);
  const since = new Date().toISOString();
  const tell = (url: string | null): void => {
    const holder: Holder = { pid: process.pid, machine: hostname(), what, since, url };
    writeFileSync(holderFile, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  };
  try {
    orFault(path, () => {
      checkMode(path, mode);
      tell(null);
    });
  } catch (error) {
    lock.close();
    throw error;
  }
  return {
    path,
    databaseFile: join(path, DATABASE),
    announce: tell,
    release: () => {
      rmSync(holderFile, { force: true });
      lock.close();
    },
  };
}

/**
 * An exclusive transaction on a database of its own: the kernel ends it with the process, however
 * that ends, so a lock is never left over and never mistaken for that of a later process with the
 * same id; it also holds between containers that share a disk, where process ids say nothing.
 */
function takeLock(path: string): { close(): void } {
  const database = orFault(path, () => new Database(join(path, LOCK)));
  try {
    database.pragma('busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    const { code, message } = error as Error & { code?: string };
    if (code !== 'SQLITE_BUSY') {
      throw new DataFolderFault(`The data folder ${path} cannot be locked: ${message}.`);
    }
    throw new DataFolderFault(inUse(path, readHolder(path)));
  }
  return {
    close: () => {
      // Closing alone leaves the lock to the garbage collector.
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(join(path, HOLDER), 'utf8'));
  } catch {
    // Not there yet, or just being written.
    return null;
  }
}

function inUse(path: string, holder: Holder | null): string {
  if (holder === null) return `The data folder ${path} is in use by another process.`;
  const { pid, machine, what, since, url } = holder;
  const where = machine === hostname() ? '' : ` on ${machine}`;
  const address = url === null ? '' : `, at ${url}`;
  return (
    `The data folder ${path} is in use by ${what} (process ${pid}${where}) ` +
    `since ${since.slice(0, 16).replace('T', ' ')} UTC${address}. ` +
    'Stop it, or choose another folder with --data or TENDER_DATA.'
  );
}

/** Sandbox and live data never meet: a folder belongs to the mode that first used it. */
function checkMode(path: string, mode: string): void {
  const file = join(path, MODE);
  if (!existsSync(file)) writeFileSync(file, `${mode}\n`, { mode: 0o600 });
  const found = readFileSync(file, 'utf8').trim();
  if (found === mode) return;
  throw new DataFolderFault(
    `The data folder ${path} holds ${found} data; TENDER_MODE is ${mode}. Choose another folder.`,
  );
}

/**
 * The master key of a sandbox, as 64 hexadecimal digits: made at first start, kept in the folder
 * for the owner alone. Where several processes start at once, all get the same. Throws
 * DataFolderFault when there is data but no key any more: what was sealed could not be opened.
 */
export function readOrMakeKey(path: string): string {
  return orFault(path, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const file = join(path, KEY);
    if (!existsSync(file)) {
      if (existsSync(join(path, DATABASE))) {
        throw new DataFolderFault(
          `The data folder ${path} has data but no key: put back its file ${KEY}, ` +
            'or set TENDER_KEY to the key it was used with.',
        );
      }
      makeKey(path, file);
    }
    const key = readFileSync(file, 'utf8').trim();
    if (!/^[0-9a-f]{64}$/.test(key)) {
      throw new DataFolderFault(`${file} is damaged: it is not 64 hexadecimal digits.`);
    }
    const others = statSync(file).mode & 0o077;
    if (others !== 0 && process.platform !== 'win32') {
      throw new DataFolderFault(`${file} can be read by others: run chmod 600 on it.`);
    }
    return key;
  });
}

/** Whole and on disk before it has its name: a key that is lost takes what it sealed with it. */
function makeKey(path: string, file: string): void {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(handle, `${randomBytes(32).toString('hex')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary);
  }
  syncFolder(path);
}

/** A new name is on disk only once its folder is; Windows cannot, and need not, be asked. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Turns what the system refuses into a fault; programming errors stay what they are. */
function orFault<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof DataFolderFault || code === undefined) throw error;
    throw new DataFolderFault(`The data folder ${path} cannot be used: ${message}.`);
  }
}
