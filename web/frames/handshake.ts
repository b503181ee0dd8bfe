import { type Connect, type Hello, PROTOCOL_VERSION } from '../../sdk/browser/protocol.js';

/** What a frame does once its page has handed over a port. */
export interface Opened<In> {
  take(message: In): unknown;
}

/**
 * Greets the page around this one, and opens the frame with the port that it hands over; only the
 * page of the origin that the address names is heard.
 */
export function meetPage<In, Out>(open: (send: (message: Out) => void) => Opened<In>): void {
  const origin = new URLSearchParams(location.search).get('origin') ?? '';
  if (parent === window || origin === '') return;
  const onMessage = (event: MessageEvent): void => {
    if (event.source !== parent || event.origin !== origin) return;
    const message = event.data as Partial<Connect> | null;
    const [port] = event.ports;
    if (message?.tender !== 'connect' || message.version !== PROTOCOL_VERSION || !port) return;
    // Once only: whoever comes later has nothing to hand over.
    window.removeEventListener('message', onMessage);
    const frame = open((out) => port.postMessage(out));
    port.onmessage = ({ data }: MessageEvent<In>) => void frame.take(data);
  };
  window.addEventListener('message', onMessage);
  const hello: Hello = { tender: 'hello', version: PROTOCOL_VERSION };
  // A page from a file has the origin `null`, which no message can be addressed to.
  parent.postMessage(hello, origin === 'null' ? '*' : origin);
}

/** Tells the page how high the frame's content is, whenever that changes. */
export function tellHeight(send: (message: { type: 'height'; pixels: number }) => void): void {
  const main = document.querySelector('main');
  if (main === null) return;
  let last = 0;
  new ResizeObserver(() => {
    const pixels = Math.ceil(main.getBoundingClientRect().height);
    if (pixels === last || pixels === 0) return;
    last = pixels;
    send({ type: 'height', pixels });
  }).observe(main);
}
