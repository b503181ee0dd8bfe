import { WalletError } from '../../sdk/wallet/errors.js';
import type { Rates, Wallet, WalletNews } from '../../sdk/wallet/wallet.js';
import type { Kept } from './keep.js';

/** What one place of the wallet shows. */
export interface Screen {
  readonly title: string;
  readonly node: HTMLElement;
  /** Called when another takes its place. */
  leave?(): void;
}

/** What all screens share. */
export interface App {
  readonly wallet: Wallet;
  readonly kept: Kept;
  readonly mode: 'sandbox' | 'live';
  /** The currency that amounts are shown in, lower case. */
  currency: string;
  /** What was last heard; null before that. */
  readonly news: WalletNews | null;
  readonly rates: Rates | null;
  /** Why nothing is heard at the moment; null while all is well. */
  readonly silence: string | null;
  /** Calls back with every change of the three above. @returns ends it */
  onNews(listener: () => void): () => void;
  /** Asks for news now rather than soon. */
  refresh(): Promise<void>;
  /** Keeps what has changed of the wallet itself. */
  keep(change: Partial<Kept>): Promise<void>;
  /** Goes to a place: what follows `#` in the address. */
  go(place: string): void;
  /** Shows a screen without there being an address that leads to it. */
  show(screen: Screen): void;
  /** Tells screen readers what has happened. */
  say(text: string): void;
}

/** The place of a scanned or pasted text: its address, so that a reload finds it again. */
export function placeOf(text: string): string {
  return `/open/${encodeURIComponent(text)}`;
}

/** What went wrong, for a person; what no one foresaw is said in general. */
export function wordsOf(error: unknown): string {
  if (error instanceof WalletError) return error.message;
  console.error(error);
  return 'Something in this wallet went wrong. Nothing was paid that is not in your activity.';
}
