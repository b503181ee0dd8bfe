import { type BuiltPage, makeBuiltPage } from '../built-page.js';

/** Below it lie the page's files; no link is called so. */
export const ASSETS_PREFIX = '/checkout/-/assets/';

/**
 * The page runs what it was built with, talks to its own origin, and shows only this server's
 * question of the bank in a frame. No other page may frame it: a card is typed here.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page as it was built; `show` takes 404 where the link leads nowhere, which it then says. */
export function makePage(): BuiltPage {
  return makeBuiltPage({ part: 'checkout', policy: POLICY, what: 'The checkout is' });
}
