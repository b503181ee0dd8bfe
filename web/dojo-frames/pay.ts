import { type Outcome, unreachable } from '../../sdk/dojo/protocol.js';

const WAIT_MS_MAX = 80_000;

/** Sends a card to the gateway: from here, the one place that knows its number. Never rejects. */
export async function sendCard(token: string, body: object, offline: string): Promise<Outcome> {
  const origin = document.querySelector<HTMLMetaElement>('meta[name=tender-origin]')?.content;
  try {
    const response = await fetch(`${origin ?? location.origin}/api/payments/${token}`, {
      method: 'POST',
      credentials: 'omit',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WAIT_MS_MAX),
    });
    return (await response.json()) as Outcome;
  } catch {
    return unreachable(offline);
  }
}
