import { makeBuiltPage } from './built-page.js';
import type { Mount } from './http.js';
import { tooLarge } from './plain-reply.js';

/** Below it lie the page's files; no place of the dashboard is called so. */
const ASSETS_PREFIX = '/dashboard/-/assets/';

/**
 * The page runs what it was built with and talks to its own origin. No other page may frame it:
 * money is given back here with one press.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** The dashboard: one page at every address below `/dashboard`, which the page itself reads. */
export function dashboardMounts(): Mount[] {
  const page = makeBuiltPage({ part: 'dashboard', policy: POLICY, what: 'The dashboard is' });
  const show: Mount = { prefix: '/dashboard', handle: (request) => page.show(request), tooLarge };
  return [
    show,
    { ...show, prefix: '/dashboard/' },
    { prefix: ASSETS_PREFIX, handle: page.asset, tooLarge },
  ];
}
