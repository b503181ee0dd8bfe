import type { Outcome } from '../../sdk/dojo/protocol.js';
import { send } from '../../sdk/dojo/send.js';

/** Sends a card to the gateway: from here, the one place that knows its number. Never rejects. */
export function sendCard(token: string, body: object, offline: string): Promise<Outcome> {
  const origin = document.querySelector<HTMLMetaElement>('meta[name=tender-origin]')?.content;
  // The page names the token: whatever else it says must not lead the card to another address.
  const named = /^[\w-]+$/.test(token) ? token : '-';
  return send(`${origin ?? location.origin}/api/payments/${named}`, body, offline);
}
