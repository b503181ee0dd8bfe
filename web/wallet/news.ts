import { WalletError } from '../../sdk/wallet/errors.js';
import type { Rates, Wallet, WalletNews } from '../../sdk/wallet/wallet.js';
import { type App, wordsOf } from './app.js';

/** Rates are published every quarter of an hour; what a payment costs is asked anew with it. */
const RATES_FRESH_MS = 120_000;

/** The library tells of what has changed: that all is well again must be asked for. */
const AGAIN_MS = 4_000;

type News = Pick<App, 'news' | 'rates' | 'silence' | 'onNews' | 'refresh'>;

/** Listens to a wallet's account as long as the page is seen. */
export function newsOf(wallet: Wallet): News {
  const listeners = new Set<() => void>();
  let news: WalletNews | null = null;
  let silence: string | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const miss = (error: unknown): void => {
    const isCutOff = error instanceof WalletError && error.code === 'unreachable';
    const text = isCutOff ? 'No connection. Trying again.' : wordsOf(error);
    clearTimeout(again);
    again = setTimeout(() => isSeen() && refresh(), AGAIN_MS);
    if (text === silence) return;
    silence = text;
    tell();
  };
  const rates = freshRates(wallet, tell, miss);
  const hear = (heard: WalletNews): void => {
    news = heard;
    silence = null;
    clearTimeout(again);
    tell();
    rates.ask();
  };
  const refresh = async (): Promise<void> => {
    try {
      const [quarks, history] = await Promise.all([wallet.balance(), wallet.history()]);
      hear({ quarks, history });
    } catch (error) {
      miss(error);
    }
  };
  whileSeen(() => wallet.watch(hear, miss));
  addEventListener('online', () => void refresh());
  return {
    get news() {
      return news;
    },
    get rates() {
      return rates.known();
    },
    get silence() {
      return silence;
    },
    onNews: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh,
  };
}

/** The rates, asked for again when they are no longer fresh. */
function freshRates(wallet: Wallet, tell: () => void, miss: (error: unknown) => void) {
  let rates: Rates | null = null;
  let askedMs = 0;
  const ask = async (): Promise<void> => {
    if (Date.now() - askedMs < RATES_FRESH_MS) return;
    askedMs = Date.now();
    try {
      rates = await wallet.rates();
      tell();
    } catch (error) {
      askedMs = 0;
      miss(error);
    }
  };
  void ask();
  setInterval(() => isSeen() && ask(), RATES_FRESH_MS);
  return { known: () => rates, ask: () => void ask() };
}

function isSeen(): boolean {
  return document.visibilityState === 'visible';
}

/** Begins when the page is seen, and ends when it is not: a phone in a pocket asks nothing. */
function whileSeen(begin: () => () => void): void {
  let end: (() => void) | null = null;
  const turn = (): void => {
    if (isSeen()) end ??= begin();
    else {
      end?.();
      end = null;
    }
  };
  document.addEventListener('visibilitychange', turn);
  turn();
}
