/** What a page and its window offer; a test has others. */
interface Place {
  readonly document: Document;
  readonly window: object;
}

/** Scripts that are on their way or there, by their address: each is loaded once. */
const loading = new Map<string, Promise<unknown>>();

/**
 * Loads the script that pays with cards from a server of Tender and gives its `Stripe`, whose type
 * you name: `loadTender<StripeConstructor>(url)`, with the type of `@stripe/stripe-js`. A page that
 * has it already, by a script tag, gets that one. Rejects where the script could not be loaded; the
 * next call then tries again.
 * @param baseUrl the server's origin, such as `http://127.0.0.1:4400`
 */
export function loadTender<Stripe>(
  baseUrl: string,
  place: Place = { document: globalThis.document, window: globalThis },
): Promise<Stripe> {
  const src = new URL('/v3/', baseUrl).href;
  const known = loading.get(src);
  if (known !== undefined) return known as Promise<Stripe>;
  const loaded = load(src, place).catch((error: unknown) => {
    loading.delete(src);
    throw error;
  });
  loading.set(src, loaded);
  return loaded as Promise<Stripe>;
}

async function load(src: string, { document, window }: Place): Promise<unknown> {
  const page = window as { readonly Stripe?: unknown };
  if (page.Stripe !== undefined) return page.Stripe;
  await new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = src;
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => {
      script.remove();
      reject(new Error(`${src} could not be loaded`));
    });
    document.head.append(script);
  });
  if (page.Stripe === undefined) throw new Error(`${src} is not the script of Tender`);
  return page.Stripe;
}
