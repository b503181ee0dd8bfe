import { keysFromStored } from '../../sdk/wallet/keys.js';
import { connect } from '../../sdk/wallet/wallet.js';
import type { App } from './app.js';
import { type Kept, readCurrency, writeKept } from './keep.js';
import { newsOf } from './news.js';

/** The wallet that is kept, connected to the Tender that this page came from. */
export function openAccount(
  from: Pick<App, 'mode' | 'go' | 'show' | 'say'> & { readonly kept: Kept },
): App {
  const wallet = connect({ url: location.origin, keys: keysFromStored(from.kept.keys) });
  const heard = newsOf(wallet);
  let kept = from.kept;
  return {
    ...from,
    wallet,
    currency: readCurrency(),
    get kept() {
      return kept;
    },
    get news() {
      return heard.news;
    },
    get rates() {
      return heard.rates;
    },
    get silence() {
      return heard.silence;
    },
    onNews: heard.onNews,
    refresh: heard.refresh,
    keep: async (change) => {
      kept = { ...kept, ...change };
      await writeKept(kept);
    },
  };
}
