import { builtScript } from '../browser-script.js';
import { assetReply, type BuiltAsset, notBuilt } from '../built-assets.js';
import { FRAME_HEADERS, type FrameBuild, readFrames } from '../built-frames.js';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { tooLarge, unknownPath } from '../plain-reply.js';

const places = (paths: readonly string[]): URL[] =>
  paths.map((path) => new URL(path, import.meta.url));

/** Where the build puts the script, seen from the built server and from the source. */
const SCRIPTS = places(['../../sdk/dojo.js', '../../../dist/sdk/dojo.js']);

/** By its address now, and by that of its days as Connect-E. */
const SCRIPT_PATHS = ['/payments/v1/client.js', '/assets/js/client.js'];

const BUILD: FrameBuild = {
  places: places(['../../web/dojo-frames/', '../../../dist/web/dojo-frames/']),
  prefix: '/payments/v1/frames/',
  pages: ['card'],
  sandbox: 'allow-scripts allow-forms',
  connect: (origin) => origin,
};

/** The script for shops' pages, and the frame that holds its card fields. */
export function dojoPageMounts(publicUrl: () => string): Mount[] {
  let files: ReadonlyMap<string, BuiltAsset> | null = null;
  const frame = (request: HttpRequest): HttpReply => {
    const { method, path } = request;
    files ??= readFrames(BUILD, publicUrl());
    if (files === null) return NOT_BUILT;
    const file = files.get(path.slice(BUILD.prefix.length));
    return file === undefined ? unknownPath(method, path) : assetReply(file, request, 'Frames are');
  };
  const script = builtScript(SCRIPTS);
  return [
    { prefix: BUILD.prefix, handle: frame, tooLarge },
    ...SCRIPT_PATHS.map((prefix) => ({ prefix, handle: script, tooLarge })),
  ];
}

const NOT_BUILT = notBuilt('The card form is', FRAME_HEADERS);
