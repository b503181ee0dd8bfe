import type { KeyKind } from './auth.js';
import type { HttpRequest } from './http.js';

/** Where a server is, as far as pages of others are concerned. */
interface Reached {
  /** A sandbox that only this machine reaches, and any key opens. */
  readonly isOpen: boolean;
  /** Where links point to, without a final slash. */
  readonly publicUrl: () => string;
}

/** What is said to a page that may not call; without a final mark, for every dialect's form. */
export const STRANGERS_TEXT =
  'Pages of other sites may not use a secret key of a sandbox that any key opens. Call from your ' +
  'server, from a page of this machine, or with a publishable key';

const LOOPBACK = /^(localhost|[a-z0-9.-]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Whether a page of somebody else's site asks, in the browser of whoever runs an open sandbox, for
 * what only a server may. Everybody knows the keys of such a sandbox, and any origin may read its
 * answers, as it may those of the published APIs: without this any page that is visited could read
 * what is tried out there, and have webhooks sent to this machine's other servers. Browsers name
 * the origin in every call whose answer a page can read, and in every POST.
 */
export function isStrangersCall(
  { isOpen, publicUrl }: Reached,
  { headers: { origin } }: Pick<HttpRequest, 'headers'>,
  kind: KeyKind,
): boolean {
  if (!isOpen || origin === undefined || kind === 'publishable' || kind === 'ephemeral')
    return false;
  if (origin === publicUrl()) return false;
  return !URL.canParse(origin) || !LOOPBACK.test(new URL(origin).hostname);
}
