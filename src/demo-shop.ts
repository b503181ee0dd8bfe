import type { HttpReply, Mount } from './api/http.js';
import { plainError } from './api/plain-reply.js';

/** What `demo/server.js` offers; it is plain JavaScript beside the source, an example to copy. */
interface ShopModule {
  startShop(settings: {
    readonly api: string;
    readonly publishableKey: string;
    readonly secretKey: string;
    readonly port: number;
    readonly takesWallets: boolean;
  }): Promise<Shop>;
}

interface Shop {
  readonly url: string;
  stop(): Promise<void>;
}

export interface DemoShop {
  /** `/demo`: opens the shop when somebody first comes, and leads there. */
  readonly mount: Mount;
  stop(): Promise<void>;
}

/** An account of its own, as any name is in a sandbox. */
const KEY_NAME = 'demo';

/**
 * The demo shop: a stranger's site, so it has a listener and an origin of its own. It is not
 * started before somebody wants to see it. It listens one port above Tender's, or, where that is
 * taken, on any free one.
 */
export function makeDemoShop(deps: {
  readonly boundUrl: () => string;
  /** Its till is an address that nobody has opened: on a chain it cannot be paid. */
  readonly takesWallets: boolean;
  readonly logError: (error: unknown, what: string) => void;
}): DemoShop {
  let opening: Promise<Shop> | null = null;

  async function open(): Promise<Shop> {
    const folder = new URL('../demo/server.js', import.meta.url);
    const { startShop } = (await import(folder.href)) as ShopModule;
    const api = deps.boundUrl();
    const settings = {
      api,
      publishableKey: `pk_test_${KEY_NAME}`,
      secretKey: `sk_test_${KEY_NAME}`,
      takesWallets: deps.takesWallets,
    };
    try {
      return await startShop({ ...settings, port: Number(new URL(api).port) + 1 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      return startShop({ ...settings, port: 0 });
    }
  }

  const handle = async (): Promise<HttpReply> => {
    try {
      opening ??= open();
      const { url } = await opening;
      return { status: 307, headers: { location: url, 'cache-control': 'no-store' }, body: '' };
    } catch (error) {
      opening = null;
      deps.logError(error, 'the demo shop could not be opened');
      return plainError(503, 'The demo shop could not be opened; the log says why.');
    }
  };

  return {
    mount: {
      prefix: '/demo',
      handle,
      tooLarge: () => plainError(413, 'The request body is too large.'),
    },
    stop: async () => {
      const shop = await opening?.catch(() => null);
      await shop?.stop();
    },
  };
}
