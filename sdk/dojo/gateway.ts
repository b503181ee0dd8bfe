import { showChallenge } from '../browser/challenge-dialog.js';
import type { Outcome } from './protocol.js';
import { send } from './send.js';

/** How often the outcome is asked for while the customer is at the bank's page. */
const POLL_MS = 2_000;

/** Statuses of a try that goes on, or came to its good end. */
const AUTHORIZING = 3;

/** What a page's promise resolves to. */
export interface Result {
  readonly statusCode: number;
  readonly authCode?: string;
  readonly message: string;
}

/** Sends to the gateway, from the shop's page. Never rejects. */
export function ask(url: string, body: object): Promise<Outcome> {
  return send(url, body, 'The payment service could not be reached. Check your connection.');
}

/** Has the customer answer their bank where it asks, and tells how the try ended. */
export async function finish(origin: string, token: string, outcome: Outcome): Promise<Result> {
  if (outcome.statusCode !== AUTHORIZING || outcome.stepUpUrl === undefined) return shown(outcome);
  const url = `${origin}/mobile/payments/${token}/three-ds-complete`;
  const settled = async (): Promise<boolean> => !isOpen(await ask(url, {}));
  const language = navigator.language.split('-', 1)[0] ?? 'en';
  const end = await showChallenge(outcome.stepUpUrl, language, settled, POLL_MS);
  const last = await ask(url, {});
  // It may have been answered in the moment in which it was closed.
  if (end === 'answered' || !isOpen(last)) return shown(last);
  return shown(await ask(url, { cardinalValidateResponse: { actionCode: 'CANCEL' } }));
}

function isOpen({ statusCode }: Outcome): boolean {
  // Nobody answering is no answer of the bank's.
  return statusCode === AUTHORIZING || statusCode === 500;
}

function shown({ statusCode, authCode, message }: Outcome): Result {
  return { statusCode, message, ...(authCode === undefined ? {} : { authCode }) };
}
