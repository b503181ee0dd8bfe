import { readdirSync, readFileSync } from 'node:fs';
import {
  assetReply,
  type BuiltAsset,
  builtFolder,
  FOREVER,
  isAsset,
  makeAsset,
  notBuilt,
} from './built-assets.js';
import type { HttpReply, HttpRequest } from './http.js';
import { unknownPath } from './plain-reply.js';

const COMMON: Readonly<Record<string, string>> = {
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  // An address may be a right to pay, or name a payment: no other site need learn it.
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'Accept-Encoding',
};

interface Files {
  readonly page: BuiltAsset;
  /** By name. */
  readonly assets: ReadonlyMap<string, BuiltAsset>;
}

/** A page of the build and its files. */
export interface BuiltPage {
  show(request: HttpRequest, status?: number): HttpReply;
  /** Answers for one of its files, by the name that its path ends with. */
  asset(request: HttpRequest): HttpReply;
}

interface Input {
  /** The folder of the build's, in `dist/web`. */
  readonly part: string;
  /** The page's content security policy. */
  readonly policy: string;
  /** What it is called, to begin a sentence: `The dashboard is`. */
  readonly what: string;
}

function readFiles({ part, policy }: Input): Files | null {
  // Seen from the built server and from the source.
  const places = [`../web/${part}/`, `../../dist/web/${part}/`];
  const folder = builtFolder(
    places.map((at) => new URL(at, import.meta.url)),
    'index.html',
  );
  if (folder === null) return null;
  const names = readdirSync(`${folder}assets`).filter(isAsset);
  const assets = names.map((name) => {
    const content = readFileSync(`${folder}assets/${name}`);
    return [name, makeAsset(name, content, { ...COMMON, ...FOREVER })] as const;
  });
  const headers = { ...COMMON, 'cache-control': 'no-store', 'content-security-policy': policy };
  const page = makeAsset('index.html', readFileSync(`${folder}index.html`), headers);
  return { page, assets: new Map(assets) };
}

/** A page as it was built; it is read once, when it is first asked for. */
export function makeBuiltPage(input: Input): BuiltPage {
  const { what } = input;
  const missing = notBuilt(what, COMMON);
  let files: Files | null = null;
  return {
    show: (request, status = 200) => {
      files ??= readFiles(input);
      if (files === null) return missing;
      const reply = assetReply(files.page, request, what);
      return reply.status === 200 ? { ...reply, status } : reply;
    },
    asset: (request) => {
      files ??= readFiles(input);
      if (files === null) return missing;
      const asset = files.assets.get(request.path.slice(request.path.lastIndexOf('/') + 1));
      return asset === undefined
        ? unknownPath(request.method, request.path)
        : assetReply(asset, request, 'Its files are');
    },
  };
}
