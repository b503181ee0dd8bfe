import { builtScript } from '../browser-script.js';
import { assetReply, type BuiltAsset, notBuilt } from '../built-assets.js';
import { FRAME_HEADERS, type FrameBuild, readFrames } from '../built-frames.js';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { tooLarge, unknownPath } from '../plain-reply.js';

const places = (paths: readonly string[]): URL[] =>
  paths.map((path) => new URL(path, import.meta.url));

/** Where the build puts the script, seen from the built server and from the source. */
const SCRIPTS = places(['../../sdk/code.js', '../../../dist/sdk/code.js']);

const PREFIX = '/v1/elements/';

/** `payment-request-button` and its fourteen siblings, the final slash as they are asked for. */
const PAGE = /^(?:payment|login|tip)-request-(button|(?:modal|page)-(?:desktop|mobile))\/?$/;

/**
 * They may open a wallet in a tab of its own, or by its scheme. Any page may frame them: that is
 * what they are for, and nothing in them acts without a wallet's owner.
 */
const BUILD: FrameBuild = {
  places: places(['../../web/code-frames/', '../../../dist/web/code-frames/']),
  prefix: PREFIX,
  pages: ['request', 'button'],
  sandbox:
    'allow-scripts allow-popups allow-popups-to-escape-sandbox ' +
    'allow-top-navigation-to-custom-protocols',
  // A source with the scheme of HTTP does not cover that of WebSockets.
  connect: (origin) => `${origin} ${origin.replace(/^http/, 'ws')}`,
};

/** The file that is at a path below the prefix: the two pages have other addresses than names. */
function fileAt(path: string): string {
  const part = PAGE.exec(path)?.[1];
  if (part !== undefined) return part === 'button' ? 'button.html' : 'request.html';
  return path.startsWith('assets/') ? path : '';
}

/**
 * The pages that the elements of Code's browser packages open in their frames, and the script
 * `/v1/code.js` that makes such elements. `publicUrl` is known once the server listens.
 */
export function codePageMounts(publicUrl: () => string): Mount[] {
  let files: ReadonlyMap<string, BuiltAsset> | null = null;
  const page = (request: HttpRequest): HttpReply => {
    const { method, path } = request;
    files ??= readFrames(BUILD, publicUrl());
    if (files === null) return NOT_BUILT;
    const file = files.get(fileAt(path.slice(PREFIX.length)));
    return file === undefined ? unknownPath(method, path) : assetReply(file, request, 'Frames are');
  };
  const answers = { handle: page, tooLarge };
  return [
    // The Stripe dialect has `/v1/elements/sessions`.
    { prefix: PREFIX, takes: (path) => fileAt(path.slice(PREFIX.length)) !== '', ...answers },
    { prefix: '/v1/code.js', handle: builtScript(SCRIPTS), tooLarge },
  ];
}

const NOT_BUILT = notBuilt('The elements are', FRAME_HEADERS);
