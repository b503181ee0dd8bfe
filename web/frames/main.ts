/**
 * The page of every frame: `/frames/element.html?kind=<FrameKind>&origin=<origin of the page>`.
 * What passes between it and the page is in `sdk/browser/protocol.ts`. The fields keep the `name`s
 * that tests of pages with Stripe.js look for (`cardnumber`, `exp-date`, `cvc`, `postal`; in a
 * payment form `number`, `expiry`, `cvc`, `country`, `postalCode`).
 */
import {
  type Connect,
  type Hello,
  PROTOCOL_VERSION,
  type ToFrame,
} from '../../sdk/browser/protocol.js';
import '../ui/tokens.css';
import './frame.css';
import { openFrame } from './frame.js';

const asked = new URLSearchParams(location.search);
const origin = asked.get('origin') ?? '';
// Under way while the page and the frame get to know each other.
if (asked.get('kind') === 'payment') void import('./payment-form.js');
const hasShop = parent !== window && origin !== '';

function onMessage(event: MessageEvent): void {
  if (event.source !== parent || event.origin !== origin) return;
  const message = event.data as Partial<Connect> | null;
  const [port] = event.ports;
  if (message?.tender !== 'connect' || message.version !== PROTOCOL_VERSION || !port) return;
  // Once only: whoever comes later has nothing to hand over.
  window.removeEventListener('message', onMessage);
  const frame = openFrame((out) => port.postMessage(out));
  port.onmessage = ({ data }: MessageEvent<ToFrame>) => void frame.take(data);
}

if (hasShop) {
  window.addEventListener('message', onMessage);
  const hello: Hello = { tender: 'hello', version: PROTOCOL_VERSION };
  // A page from a file has the origin `null`, which no message can be addressed to.
  parent.postMessage(hello, origin === 'null' ? '*' : origin);
}
