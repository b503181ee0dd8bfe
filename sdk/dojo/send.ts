import { type Outcome, unreachable } from './protocol.js';

/** Longer than the gateway may take. */
const WAIT_MS_MAX = 80_000;

/** Sends to the gateway. Never rejects: where nobody answers, the outcome says `offline`. */
export async function send(url: string, body: object, offline: string): Promise<Outcome> {
  try {
    const response = await fetch(url, {
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
