import { readBalance } from './accounts.js';
import { readHistory } from './history.js';
import type { Means, WalletNews } from './wallet.js';

/** Two small questions each time; the server has no stream for a wallet's own account. */
const LOOK_INTERVAL_MS = 3_000;

/** Looks again and again, one look at a time, and tells only of what has changed. */
export function watch(
  means: Means,
  listener: (news: WalletNews) => void,
  onError: (error: unknown) => void = () => {},
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let known = '';
  const look = async (): Promise<void> => {
    try {
      const [quarks, history] = await Promise.all([readBalance(means), readHistory(means)]);
      const [newest] = history.items;
      const seen = `${quarks} ${newest?.intent} ${newest?.direction} ${newest?.at.getTime()}`;
      if (!stopped && seen !== known) {
        known = seen;
        listener({ quarks, history });
      }
    } catch (error) {
      if (!stopped) onError(error);
    }
    if (!stopped) timer = setTimeout(look, LOOK_INTERVAL_MS);
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
