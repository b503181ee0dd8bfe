import { type ElementOptions, unpackOptions } from '../../sdk/code/browser/element-options.js';

/** What a frame was opened for, as its address says. */
export interface FrameAddress {
  readonly mode: 'payment' | 'login' | 'tip';
  readonly part: 'button' | 'modal' | 'page';
  readonly device: 'desktop' | 'mobile';
  /** What passes between the page and this frame bears this; null: it only warms the cache. */
  readonly channel: string | null;
  readonly options: ElementOptions;
}

const PATH = /\/(payment|login|tip)-request-(?:(button)|(modal|page)-(desktop|mobile))\/?$/;
const HASH = /^#\/([^/]+)\/p=(.*)$/s;

/**
 * Reads `/v1/elements/payment-request-modal-desktop/#/<channel>/p=<options>`; null for anything
 * else. The mode of the options counts, the path's where they name none.
 */
export function readAddress(pathname: string, hash: string): FrameAddress | null {
  const path = PATH.exec(pathname);
  const [, channel, packed = ''] = HASH.exec(hash) ?? [];
  const options = unpackOptions(packed);
  if (path === null || channel === undefined || options === null) return null;
  const [, mode, button, part, device] = path;
  return {
    mode: (options.mode ?? mode) as FrameAddress['mode'],
    part: (button ?? part) as FrameAddress['part'],
    device: (device ?? 'desktop') as FrameAddress['device'],
    channel: channel === 'preload' ? null : channel,
    options,
  };
}
