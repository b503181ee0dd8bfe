import { schemeOf } from '../browser/color-scheme.js';
import { type Connect, type Hello, PROTOCOL_VERSION } from '../browser/protocol.js';
import type { CardSetup, FromFrame, ToFrame } from './protocol.js';

/** How long a frame may take to say hello. */
const HELLO_MS_MAX = 15_000;

/** The room that the form keeps around its fields, for the ring of the one that has the focus. */
const ROOM_PX = 3;

/** The frame with the card form, as the script on the shop's page drives it. */
export interface CardFrame {
  post(message: ToFrame): void;
  close(): void;
}

interface Handlers {
  heard(message: FromFrame): void;
  failed(): void;
}

function makeIframe(origin: string): HTMLIFrameElement {
  const iframe = document.createElement('iframe');
  const query = new URLSearchParams({ origin: location.origin });
  iframe.src = `${origin}/payments/v1/frames/card.html?${query}`;
  iframe.title = 'Secure card payment form';
  // Beside the policy that the page is served with: what answers instead of it gets no more.
  iframe.setAttribute('sandbox', 'allow-scripts allow-forms');
  iframe.setAttribute('scrolling', 'no');
  const width = `calc(100% + ${2 * ROOM_PX}px)`;
  Object.assign(iframe.style, {
    border: '0',
    display: 'block',
    height: '1.2em',
    margin: `${-ROOM_PX}px`,
    minWidth: width,
    overflow: 'hidden',
    padding: '0',
    width,
  });
  return iframe;
}

/**
 * Puts the frame into its container. Only what the window of this very frame says is heard, and
 * from its first word on only what comes through the port that it was given. Where the page moves
 * the frame, the browser loads it anew: it says hello again and gets a new port.
 */
export function openCardFrame(
  origin: string,
  container: HTMLElement,
  setup: Omit<CardSetup, 'colorScheme'>,
  handlers: Handlers,
): CardFrame {
  const iframe = makeIframe(origin);
  const colorScheme = schemeOf(container);
  // Else the browser paints a background behind a frame of the other scheme.
  iframe.style.colorScheme = colorScheme;
  let port: MessagePort | null = null;
  let waiting: ToFrame[] = [];
  const timer = setTimeout(handlers.failed, HELLO_MS_MAX);
  const listen = ({ source, data }: MessageEvent): void => {
    if (source === null || source !== iframe.contentWindow) return;
    const hello = data as Partial<Hello> | null;
    if (hello?.tender !== 'hello' || hello.version !== PROTOCOL_VERSION) return;
    clearTimeout(timer);
    port?.close();
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data: message }: MessageEvent<FromFrame>) => {
      if (message.type === 'height') iframe.style.height = `${message.pixels}px`;
      else handlers.heard(message);
    };
    const connect: Connect = { tender: 'connect', version: PROTOCOL_VERSION };
    // To whatever origin: a frame that is served with `sandbox` has none that could be named.
    iframe.contentWindow?.postMessage(connect, '*', [channel.port2]);
    port.postMessage({ type: 'setup', setup: { ...setup, colorScheme } } satisfies ToFrame);
    for (const message of waiting) port.postMessage(message);
    waiting = [];
  };
  addEventListener('message', listen);
  container.replaceChildren(iframe);
  return {
    post: (message) => {
      if (port === null) waiting.push(message);
      else port.postMessage(message);
    },
    close: () => {
      clearTimeout(timer);
      removeEventListener('message', listen);
      port?.close();
      iframe.remove();
    },
  };
}
