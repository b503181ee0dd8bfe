import type { HttpReply } from './http.js';

const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** An answer in JSON, which no other site reads. */
export function jsonReply(
  object: object,
  status = 200,
  more: Readonly<Record<string, string>> = {},
): HttpReply {
  return { status, headers: { ...HEADERS, ...more }, body: JSON.stringify(object) };
}

/** Whether a browser says that a page of ours sends this; what says nothing is no browser. */
export function isOwnOrigin(
  origin: string | undefined,
  host: string | undefined,
  publicUrl: string,
): boolean {
  if (origin === undefined || origin === publicUrl) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
