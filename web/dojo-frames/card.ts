/**
 * The page of the card form: `/payments/v1/frames/card.html?origin=<origin of the page>`. What
 * passes between it and the page is in `sdk/dojo/protocol.ts`.
 */
import type { Connect, Hello } from '../../sdk/browser/protocol.js';
import { PROTOCOL_VERSION, type ToFrame } from '../../sdk/dojo/protocol.js';
import '../ui/tokens.css';
import '../frames/frame.css';
import './card.css';
import { openForm } from './form.js';

const origin = new URLSearchParams(location.search).get('origin') ?? '';

function onMessage(event: MessageEvent): void {
  if (event.source !== parent || event.origin !== origin) return;
  const message = event.data as Partial<Connect> | null;
  const [port] = event.ports;
  if (message?.tender !== 'connect' || message.version !== PROTOCOL_VERSION || !port) return;
  // Once only: whoever comes later has nothing to hand over.
  window.removeEventListener('message', onMessage);
  const form = openForm((out) => port.postMessage(out));
  port.onmessage = ({ data }: MessageEvent<ToFrame>) => void form.take(data);
}

if (parent !== window && origin !== '') {
  window.addEventListener('message', onMessage);
  const hello: Hello = { tender: 'hello', version: PROTOCOL_VERSION };
  // A page from a file has the origin `null`, which no message can be addressed to.
  parent.postMessage(hello, origin === 'null' ? '*' : origin);
}
