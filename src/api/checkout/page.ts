import { readdirSync, readFileSync } from 'node:fs';
import {
  assetReply,
  type BuiltAsset,
  builtFolder,
  FOREVER,
  isAsset,
  makeAsset,
  notBuilt,
} from '../built-assets.js';
import type { HttpReply, HttpRequest } from '../http.js';
import { unknownPath } from '../plain-reply.js';

/** Where the build puts the page, seen from the built server and from the source. */
const PLACES = ['../../web/checkout/', '../../../dist/web/checkout/'].map(
  (at) => new URL(at, import.meta.url),
);

/** Below it lie the page's files; no link is called so. */
export const ASSETS_PREFIX = '/checkout/-/assets/';

const COMMON: Readonly<Record<string, string>> = {
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  // The link is a right to pay: the shop's page, and what a button opens, need not learn it.
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'Accept-Encoding',
};

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

const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...COMMON,
  'cache-control': 'no-store',
  'content-security-policy': POLICY,
};

interface Files {
  readonly page: BuiltAsset;
  /** By name. */
  readonly assets: ReadonlyMap<string, BuiltAsset>;
}

function readFiles(): Files | null {
  const folder = builtFolder(PLACES, 'index.html');
  if (folder === null) return null;
  const names = readdirSync(`${folder}assets`).filter(isAsset);
  const assets = names.map((name) => {
    const content = readFileSync(`${folder}assets/${name}`);
    return [name, makeAsset(name, content, { ...COMMON, ...FOREVER })] as const;
  });
  const page = makeAsset('index.html', readFileSync(`${folder}index.html`), PAGE_HEADERS);
  return { page, assets: new Map(assets) };
}

/** Answers for the page and its files. */
export interface Page {
  /** `status`: 404 where the link leads nowhere, which the page then says in its own words. */
  show(request: HttpRequest, status: number): HttpReply;
  asset(request: HttpRequest): HttpReply;
}

/** The page as it was built; it is read once, when it is first asked for. */
export function makePage(): Page {
  let files: Files | null = null;
  return {
    show: (request, status) => {
      files ??= readFiles();
      if (files === null) return NOT_BUILT;
      const reply = assetReply(files.page, request, 'The checkout is');
      return reply.status === 200 ? { ...reply, status } : reply;
    },
    asset: (request) => {
      files ??= readFiles();
      if (files === null) return NOT_BUILT;
      const asset = files.assets.get(request.path.slice(ASSETS_PREFIX.length));
      return asset === undefined
        ? unknownPath(request.method, request.path)
        : assetReply(asset, request, 'Its files are');
    },
  };
}

const NOT_BUILT = notBuilt('The checkout is', COMMON);
