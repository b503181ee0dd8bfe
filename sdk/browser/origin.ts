/** What is looked at to learn where Tender is. */
export interface Surroundings {
  /** `apiBase` of the options of `Stripe()`. */
  readonly option: unknown;
  /** `window.TENDER_URL`. */
  readonly global: unknown;
  /** `content` of `<meta name="tender-url">`, or null. */
  readonly meta: string | null;
  /** Where the script itself came from, or null where a bundle holds it. */
  readonly script: string | null;
}

/** The newest release of Stripe.js whose shape this script has. */
const TRAIN = 'endive';

function originOf(value: unknown): string | null {
  if (typeof value !== 'string' || !URL.canParse(value)) return null;
  const { protocol, origin } = new URL(value);
  return protocol === 'http:' || protocol === 'https:' ? origin : null;
}

/**
 * Tender's origin: what the page says, else where the script came from. A script that was asked of
 * Stripe's own address, and answered by a router or a test with this one, tells nothing: the page
 * then names Tender by `apiBase`, `window.TENDER_URL` or `<meta name="tender-url">`.
 */
export function tenderOrigin({ option, global, meta, script }: Surroundings): string | null {
  const own = originOf(script);
  const isElsewhere = own !== null && /(^|\.)stripe\.com$/.test(new URL(own).hostname);
  return originOf(option) ?? originOf(global) ?? originOf(meta) ?? (isElsewhere ? null : own);
}

/** The train that the script was asked for: what `loadStripe` of that train expects to see. */
export function trainOf(script: string | null): string {
  return /^https?:\/\/[^/]+\/([a-z]+)\/stripe\.js(?:[?#]|$)/.exec(script ?? '')?.[1] ?? TRAIN;
}
