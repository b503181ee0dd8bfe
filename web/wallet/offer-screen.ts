import { rendezvousOf, webCurve } from '../../sdk/wallet/curve.js';
import { WalletError } from '../../sdk/wallet/errors.js';
import type { Offer } from '../../sdk/wallet/offers.js';
import { confirmUrl, parseScanned, type Scanned } from '../../sdk/wallet/scan.js';
import { toBase58 } from '../../src/wire/code/base58.js';
import { type App, type Screen, wordsOf } from './app.js';
import { button, notice } from './dom.js';
import { loginScreen } from './login-screen.js';
import { paymentScreen } from './payment-screen.js';
import { type WayBack, wayLink } from './result-screen.js';
import { screenOf, waiting } from './shell.js';
import { tipScreen } from './tip-screen.js';

/** An address of somebody's, rather than a request: base58 of 32 bytes. */
const ADDRESS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

/** Opens what was scanned, pasted or linked to: asks for it, checks it, and shows it. */
export function openScanned(app: App, text: string): Screen {
  if (ADDRESS.test(text.trim())) {
    queueMicrotask(() => app.go(`/send/${text.trim()}`));
    return waiting(app, 'One moment');
  }
  void lookUp(app, text).then((screen) => {
    if (shown.node.isConnected) app.show(screen);
  });
  const shown = waiting(app, 'Reading the code');
  return shown;
}

async function lookUp(app: App, text: string): Promise<Screen> {
  let scanned: Scanned | null = null;
  try {
    scanned = await parseScanned(text);
    const offer = await app.wallet.read(scanned.payload);
    return offerScreen(app, offer, wayBackOf(scanned, offer));
  } catch (error) {
    const paid = error instanceof WalletError && error.code === 'paid';
    const url = paid && scanned !== null ? await successOf(scanned) : null;
    return failedScreen(app, error, url, () => app.show(openScanned(app, text)));
  }
}

/** Where the shop wants those who have paid, for a request of which only the code is known. */
async function successOf({ payload, successUrl }: Scanned): Promise<string | null> {
  if (successUrl === null) return null;
  const { publicKey } = await rendezvousOf(payload, webCurve);
  return confirmUrl(successUrl, toBase58(publicKey));
}

function wayBackOf({ successUrl, cancelUrl }: Scanned, offer: Offer): WayBack {
  const intent = 'intent' in offer ? offer.intent : '';
  const filled = (url: string | null): string | null => url && confirmUrl(url, intent);
  return { success: filled(successUrl), cancel: filled(cancelUrl) };
}

function offerScreen(app: App, offer: Offer, back: WayBack): Screen {
  switch (offer.kind) {
    case 'payment':
      return paymentScreen(app, offer, back);
    case 'login':
      return loginScreen(app, offer, back);
    case 'tip':
      return tipScreen(app, offer);
  }
}

const TITLES: Readonly<Record<string, string>> = {
  paid: 'Already paid',
  over: 'No longer open',
  not_found: 'Nothing to pay here',
  unreadable: 'Not a code',
  unverified: 'Not to be trusted',
  mismatch: 'Not to be trusted',
  unsupported: 'Not for this wallet',
  unreachable: 'No connection',
  unavailable: 'Not offered here',
};

/** What could not be opened. Nothing was paid. */
function failedScreen(app: App, error: unknown, url: string | null, again: () => void): Screen {
  const code = error instanceof WalletError ? error.code : '';
  const mayWork = code === 'unreachable' || code === 'stale' || code === '';
  return screenOf(
    app,
    TITLES[code] ?? 'That did not work',
    [notice(wordsOf(error), code === 'paid' ? 'plain' : 'attention')],
    {
      look: 'failed',
      actions: [
        url === null ? null : wayLink(url),
        mayWork ? button('Try again', again, 'main') : null,
        button('Scan another code', () => app.go('/scan'), mayWork ? 'plain' : 'main'),
      ],
    },
  );
}
