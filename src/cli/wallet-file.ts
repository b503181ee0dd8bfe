import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CommandFailure } from './failure.js';

/** Where a wallet's recovery phrase is; all its keys follow from that. */
export interface WalletPlace {
  /** The data folder, whose server is the one to ask unless told otherwise. */
  readonly data: string;
  readonly file: string;
}

const FILE = 'wallet.json';

/** Where the wallet is by the options and the environment; nothing is looked at. */
export function walletPlace(
  options: { readonly data?: string; readonly wallet?: string },
  env: Readonly<Record<string, string | undefined>>,
): WalletPlace {
  const data = resolve(options.data || env.TENDER_DATA?.trim() || 'data');
  return { data, file: options.wallet ? resolve(options.wallet) : join(data, FILE) };
}

/** The recovery phrase in a file. Throws CommandFailure where there is none, or others read it. */
export function readPhrase(file: string): string {
  let text: string;
  try {
    const others = statSync(file).mode & 0o077;
    if (others !== 0 && process.platform !== 'win32') {
      throw new CommandFailure(`${file} can be read by others: run chmod 600 on it.`);
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new CommandFailure(`There is no wallet at ${file}. Make one: tender wallet new`);
    }
    throw new CommandFailure(`${file} cannot be read: ${(error as Error).message}.`);
  }
  const phrase = phraseOf(text);
  if (phrase === null) throw new CommandFailure(`${file} is damaged: it holds no wallet.`);
  return phrase;
}

function phraseOf(text: string): string | null {
  try {
    const { phrase } = JSON.parse(text);
    return typeof phrase === 'string' ? phrase : null;
  } catch {
    return null;
  }
}

/** Keeps a new wallet's phrase, for its owner alone; it never takes the place of another. */
export function writePhrase(file: string, phrase: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const handle = openSync(file, 'wx', 0o600);
    try {
      writeSync(handle, `${JSON.stringify({ phrase })}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new CommandFailure(
        `There is a wallet at ${file} already. Choose another file with --wallet.`,
      );
    }
    throw new CommandFailure(`${file} cannot be written: ${message}.`);
  }
}

/** The origin of the server that has the data folder open; null where none does. */
export function servedUrl(data: string): string | null {
  try {
    const { url } = JSON.parse(readFileSync(join(data, 'holder.json'), 'utf8'));
    if (typeof url !== 'string') return null;
    // Bound to all addresses: from here any of them will do.
    return url.replace(/^(https?:\/\/)(0\.0\.0\.0|\[::\])(?=:|$)/, '$1127.0.0.1');
  } catch {
    return null;
  }
}
