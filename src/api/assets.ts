import { assetReply, type BuiltAsset, notBuilt } from './built-assets.js';
import { FRAME_HEADERS, type FrameBuild, readFrames } from './built-frames.js';
import type { Mount } from './http.js';
import { tooLarge, unknownPath } from './plain-reply.js';

const PREFIX = '/frames/';

const BUILD: FrameBuild = {
  places: ['../web/frames/', '../../dist/web/frames/'].map((at) => new URL(at, import.meta.url)),
  prefix: PREFIX,
  pages: ['element'],
  sandbox: 'allow-scripts allow-forms',
  connect: (origin) => origin,
};

/**
 * The frames that hold a card's fields, as they were built. They are read once, when the first is
 * asked for; where there is no build, that is what is said. `publicUrl` is known once the server
 * listens.
 */
export function framesMount(publicUrl: () => string): Mount {
  let files: ReadonlyMap<string, BuiltAsset> | null = null;
  return {
    prefix: PREFIX,
    handle: (request) => {
      const { method, path } = request;
      files ??= readFrames(BUILD, publicUrl());
      if (files === null) return NOT_BUILT;
      const file = files.get(path.slice(PREFIX.length));
      return file === undefined
        ? unknownPath(method, path)
        : assetReply(file, request, 'Frames are');
    },
    tooLarge,
  };
}

const NOT_BUILT = notBuilt('The card fields are', FRAME_HEADERS);
