/**
 * Keeps the wallet's shell, so that it opens without a network. Nothing of the API passes through:
 * a balance from yesterday would be worse than none. The server writes `TENDER_FILES` above this.
 */

/** What of a worker's global this file uses; the page's own types have none of it. */
interface Worker {
  readonly TENDER_FILES?: { readonly version: string; readonly paths: readonly string[] };
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(
    kind: 'install' | 'activate',
    listener: (event: { waitUntil(work: Promise<unknown>): void }) => void,
  ): void;
  addEventListener(
    kind: 'fetch',
    listener: (event: {
      readonly request: Request;
      respondWith(answer: Promise<Response>): void;
    }) => void,
  ): void;
}

const worker = self as unknown as Worker;
const { version = 'none', paths = [] } = worker.TENDER_FILES ?? {};
const PREFIX = 'tender-wallet-';
const CACHE = `${PREFIX}${version}`;

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      // Past the browser's own cache: the page there may be of the version before.
      .then((cache) => cache.addAll(paths.map((path) => new Request(path, { cache: 'reload' }))))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', (event) => {
  const forgetOthers = async (): Promise<void> => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(forgetOthers());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (paths.includes(pathname)) event.respondWith(file(request));
});

/** The newest page where there is a network: it names the newest files. */
async function page(request: Request): Promise<Response> {
  try {
    const fresh = await fetch(request);
    if (fresh.ok) return fresh;
    // The server is up, but not able: what is kept still opens.
    return (await caches.match('/')) ?? fresh;
  } catch (error) {
    const kept = await caches.match('/');
    if (kept === undefined) throw error;
    return kept;
  }
}

/** What has its content in its name, or came with the same version. */
async function file(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}
