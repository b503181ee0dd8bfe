import { type ElementOptions, packOptions } from './element-options.js';

/** A page of Tender's within the shop's, and what passes between the two. */
export interface CodeFrame {
  readonly node: HTMLIFrameElement;
  /** Says something to the frame, once it has loaded. */
  emit(event: string, args?: unknown): Promise<void>;
  /** Removes the frame; nothing is heard of it any more. */
  remove(): void;
}

/** What a frame is opened for. */
interface FrameWish {
  /** Tender's origin. */
  readonly origin: string;
  /** The page's name: `payment-request-button`. */
  readonly name: string;
  /** What a screen reader calls it. */
  readonly title: string;
  readonly options: ElementOptions;
  /** Called with what the frame says. */
  readonly heard: (event: string, args: unknown) => void;
}

interface Envelope {
  readonly id: string;
  readonly type: 'event';
  readonly payload: { readonly event: string; readonly args?: unknown };
}

/** Builds a frame; it loads once its node is in the page. */
export function makeCodeFrame({ origin, name, title, options, heard }: FrameWish): CodeFrame {
  const id = crypto.getRandomValues(new Uint32Array(3)).join('-');
  const node = document.createElement('iframe');
  node.src = `${origin}/v1/elements/${name}/#/${id}/p=${packOptions(options)}`;
  node.title = title;
  node.name = name;
  node.referrerPolicy = 'no-referrer';
  // A frame of another colour scheme than its page is painted on an opaque ground.
  node.style.colorScheme = 'light';
  node.style.border = '0';
  const loaded = new Promise<void>((resolve) => {
    node.addEventListener('load', () => resolve(), { once: true });
  });
  const onMessage = ({ source, origin: from, data }: MessageEvent<Partial<Envelope> | null>) => {
    // The frame's own policy takes its origin away; its window is what tells it from others.
    if (source !== node.contentWindow || (from !== 'null' && from !== origin)) return;
    if (data?.type !== 'event' || data.id !== id || data.payload === undefined) return;
    heard(data.payload.event, data.payload.args);
  };
  window.addEventListener('message', onMessage);
  return {
    node,
    emit: async (event, args) => {
      await loaded;
      const envelope: Envelope = { id, type: 'event', payload: { event, args } };
      node.contentWindow?.postMessage(envelope, '*');
    },
    remove: () => {
      window.removeEventListener('message', onMessage);
      node.remove();
    },
  };
}
