import type { ServerSettings } from './api/desk.js';
import type { HttpReply, Mount } from './api/http.js';
import { plainError } from './api/plain-reply.js';
import { type RunningServer, startServer } from './api/server.js';
import type { WalletConfig } from './config.js';
import { walletFiles } from './wallet-files.js';

/** The web wallet, at an origin of its own. */
export interface WalletSite {
  /** On Tender's own server: `/wallet` and what is below lead to the wallet. */
  readonly mounts: readonly Mount[];
  /** Where the wallet is, as an origin; null where none is offered, or it does not listen yet. */
  url(): string | null;
  /** Starts listening. Rejects with the system's error when it cannot, which a wallet may. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A server's settings but for where it listens and for what. */
export type ServedAs = Omit<ServerSettings, 'mounts' | 'port'>;

export interface WalletSiteSettings {
  /** null: no wallet is offered. */
  readonly wallet: WalletConfig | null;
  readonly mode: 'sandbox' | 'live';
  /** The Code dialect's mounts, of which the wallet's origin has those of its API. */
  readonly mounts: readonly Mount[];
  /** The bound address as it is reached from where wallets are. */
  readonly reached: (boundUrl: string) => string;
  readonly served: ServedAs;
  readonly warn: (message: string) => void;
}

/** What of the dialect a wallet calls. Pages for shops, which strangers may frame, stay away. */
const API = /^\/v1\/api\/?$/;

const PREFIX = '/wallet';

/**
 * The wallet is a person's own: its keys lie in the browser under its origin, where no page of
 * Tender's, and of no shop, can reach them. Hence a listener of its own. It offers the API too, so
 * that a phone which was made to trust the certificate at one port need not be at another.
 */
export function makeWalletSite(settings: WalletSiteSettings): WalletSite {
  const { wallet, mode } = settings;
  // Wallets in browsers call by envelope alone.
  const { streams: _, ...served } = settings.served;
  let server: RunningServer | null = null;
  const url = (): string | null =>
    server === null || wallet === null ? null : (wallet.url ?? settings.reached(server.url));
  const files = walletFiles(() => ({ origin: url() ?? '', mode }));
  const page: Mount = { prefix: '/', handle: files, tooLarge };

  const listenAt = (port: number): Promise<RunningServer> =>
    startServer({
      ...served,
      port,
      mounts: [page, ...settings.mounts.filter(({ prefix }) => API.test(prefix))],
    });

  const lead: Mount['handle'] = ({ path, query }) => {
    const place = url();
    if (place === null) return plainError(404, NOT_OFFERED);
    // No fragment: the browser then keeps the one that it has, which is where a payload is.
    const rest = path.slice(PREFIX.length) || '/';
    const location = `${place}${rest}${query === '' ? '' : `?${query}`}`;
    return { status: 307, headers: { location, 'cache-control': 'no-store' }, body: '' };
  };

  return {
    mounts: [PREFIX, `${PREFIX}/`].map((prefix) => ({ prefix, handle: lead, tooLarge })),
    url,
    start: async () => {
      if (wallet === null) return;
      try {
        server = await listenAt(wallet.port);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        server = await listenAt(0);
        settings.warn(
          `Port ${wallet.port} is in use: the wallet is at ${url()}, where a browser has other ` +
            'keys. TENDER_WALLET_PORT names a port that stays.',
        );
      }
    },
    stop: async () => {
      await server?.stop();
    },
  };
}

const NOT_OFFERED = 'No wallet is offered here. TENDER_WALLET_PORT opens one.';

const tooLarge = (): HttpReply => plainError(413, 'The request body is too large.');
