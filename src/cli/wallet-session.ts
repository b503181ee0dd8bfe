import type { WalletErrorCode } from '../../sdk/wallet/errors.js';
import type { WalletLibrary } from '../../sdk/wallet/library.js';
import type { Wallet } from '../../sdk/wallet/wallet.js';
import { CommandFailure } from './failure.js';
import { makePaint, type Paint, wantsColors } from './terminal.js';
import { connectionTo } from './wallet-connection.js';
import { nodeCurve } from './wallet-curve.js';
import { readPhrase, servedUrl, walletPlace } from './wallet-file.js';
import { loadWalletLibrary } from './wallet-library.js';

/** What every subcommand takes. */
export interface WalletOptions {
  readonly data?: string;
  /** A file with a wallet, instead of the one in the data folder. */
  readonly wallet?: string;
  /** Tender's origin. */
  readonly url?: string;
  readonly json?: boolean;
  /** Pay and the like without asking. */
  readonly yes?: boolean;
}

/** What a subcommand works with. */
export interface Session {
  readonly library: WalletLibrary;
  readonly wallet: Wallet;
  readonly options: WalletOptions;
  readonly paint: Paint;
  /** Prints lines for a person, or the value for a program. */
  show(lines: readonly string[], value: object): void;
}

/**
 * Runs a subcommand on the wallet that the options name. What a person can mend is one line on
 * stderr, or with --json an object with the error's code; exit code 1 either way.
 */
export async function withWallet(
  options: WalletOptions,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  try {
    await work(await openSession(options));
  } catch (error) {
    const code = walletErrorCode(error);
    if (code === null) throw error;
    const { message: text } = error as Error;
    if (options.json !== true) throw new CommandFailure(text);
    process.stdout.write(`${JSON.stringify({ error: { code, text } })}\n`);
    process.exitCode = 1;
  }
}

async function openSession(options: WalletOptions): Promise<Session> {
  const place = walletPlace(options, process.env);
  const phrase = readPhrase(place.file);
  const library = await loadWalletLibrary();
  const keys = await library.keysFromPhrase(phrase, nodeCurve);
  const url =
    options.url ?? servedUrl(place.data) ?? `http://127.0.0.1:${process.env.PORT || 4400}`;
  const wallet = library.connect({ keys, ...connectionTo(url, place.data) });
  return {
    library,
    wallet,
    options,
    paint: makePaint(wantsColors(process.stdout, process.env)),
    show: (lines, value) => print(options, lines, value),
  };
}

/** Prints lines for a person, or the value for a program: integers of money as decimal text. */
export function print(options: WalletOptions, lines: readonly string[], value: object): void {
  const text =
    options.json === true
      ? JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? one.toString() : one))
      : lines.join('\n');
  process.stdout.write(`${text}\n`);
}

/** By name and not by class: the library is a bundle with a class of its own. */
function walletErrorCode(error: unknown): WalletErrorCode | null {
  if (!(error instanceof Error) || error.name !== 'WalletError') return null;
  return (error as Error & { code: WalletErrorCode }).code;
}
