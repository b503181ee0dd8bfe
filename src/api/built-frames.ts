import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { type BuiltAsset, builtFolder, FOREVER, isAsset, makeAsset } from './built-assets.js';

/** Pages of ours that strangers' pages show in frames, as they were built. */
export interface FrameBuild {
  /** Where the build puts them, seen from the built server and from the source. */
  readonly places: readonly URL[];
  /** Their path, which they name their files by. */
  readonly prefix: string;
  /** Their names; the first tells whether there is a build. */
  readonly pages: readonly [string, ...string[]];
  /** What they may do beyond being shown, as the policy's `sandbox` has it. */
  readonly sandbox: string;
  /** Whom they may call. */
  readonly connect: (origin: string) => string;
}

/** Said of every file. A frame's origin is opaque, and its files another's. */
export const FRAME_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'Accept-Encoding',
};

/**
 * What a frame's page may do: run the files that it was built with, call whom it has to, and
 * nothing else. `sandbox` gives it an origin of its own, so that not even a page of this server can
 * read it.
 */
function policyOf(
  { prefix, sandbox, connect }: FrameBuild,
  origin: string,
  assets: readonly string[],
): string {
  const sources = (ending: string): string =>
    assets
      .filter((name) => extname(name) === ending)
      .map((name) => `${origin}${prefix}assets/${name}`)
      .join(' ');
  return [
    `sandbox ${sandbox}`,
    "default-src 'none'",
    `script-src ${sources('.js')}`,
    `style-src ${sources('.css')}`,
    `connect-src ${connect(origin)}`,
    "base-uri 'none'",
    "form-action 'none'",
    'frame-ancestors *',
  ].join('; ');
}

/** All files by what follows the prefix, pages as `name.html`; null while there is no build. */
export function readFrames(
  build: FrameBuild,
  origin: string,
): ReadonlyMap<string, BuiltAsset> | null {
  const { places, prefix, pages } = build;
  const folder = builtFolder(places, `${pages[0]}.html`);
  if (folder === null) return null;
  const names = readdirSync(`${folder}assets`).filter(isAsset);
  const files = new Map<string, BuiltAsset>();
  for (const name of names) {
    const content = readFileSync(`${folder}assets/${name}`);
    files.set(`assets/${name}`, makeAsset(name, content, { ...FRAME_HEADERS, ...FOREVER }));
  }
  const headers = {
    ...FRAME_HEADERS,
    'cache-control': 'no-store',
    'content-security-policy': policyOf(build, origin, names),
  };
  for (const page of pages) {
    // In full, so that policy and page agree under whatever name the server was reached.
    const html = readFileSync(`${folder}${page}.html`, 'utf8')
      .replaceAll(`"${prefix}`, `"${origin}${prefix}`)
      .replace('name="tender-origin" content=""', `name="tender-origin" content="${origin}"`);
    files.set(`${page}.html`, makeAsset('page.html', Buffer.from(html), headers));
  }
  return files;
}
