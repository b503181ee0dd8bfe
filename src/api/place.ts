import { isSameSecret } from '../engine/same-secret.js';

/** What the path of a page for customers names: whose, what, and the right to see it. */
export interface Place {
  readonly account: string;
  readonly id: string;
  readonly secret: string;
}

/** The address of a page for customers, which `placeOf` reads. */
export function pageUrl(publicUrl: string, page: string, place: Place): string {
  return `${publicUrl}/${page}/${place.account}/${place.id}/${place.secret}`;
}

/** Reads `/page/account/id/secret`; null where it is anything else. */
export function placeOf(path: string): Place | null {
  const [, , account, id, secret, ...rest] = path.split('/');
  if (!account || !id || !secret || rest.length > 0) return null;
  return { account, id, secret };
}

/** Compares a capability with the one kept, in constant time. Nothing fits where none is kept. */
export function fits(given: string, kept: string | null | undefined): boolean {
  return Boolean(kept) && isSameSecret(given, kept ?? '');
}
