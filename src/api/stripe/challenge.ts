import { timingSafeEqual } from 'node:crypto';
import type { Intent } from '../../domain/intent.js';
import { formatPlain } from '../../domain/money.js';
import type { Engine } from '../../engine/engine.js';
import { answerChallenge } from '../../engine/intents.js';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { challengePage, messagePage } from './challenge-page.js';
import type { View } from './view/view.js';

interface ChallengeDependencies {
  readonly engine: Engine;
  view(account: string, nowMs: number): View;
}

const HEADERS: Record<string, string> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action *; base-uri 'none'",
  'content-type': 'text/html; charset=utf-8',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function page(status: number, html: string): HttpReply {
  return { status, headers: HEADERS, body: html };
}

function gone(): HttpReply {
  return page(
    404,
    messagePage(
      'Nothing to confirm here',
      'This payment was confirmed already, or its link is not whole. Go back to the shop to see ' +
        'where your order stands.',
    ),
  );
}

interface Place {
  account: string;
  intentId: string;
  secret: string;
}

function placeOf(path: string): Place | null {
  const [, , account, intentId, secret, ...rest] = path.split('/');
  if (!account || !intentId || !secret || rest.length > 0) return null;
  return { account, intentId, secret };
}

function secretFits(given: string, intent: Intent): boolean {
  const stored = Buffer.from(intent.challenge?.secret ?? '');
  const asked = Buffer.from(given);
  return stored.length > 0 && stored.length === asked.length && timingSafeEqual(stored, asked);
}

/** The bank's page of the card simulator: it asks, and the customer completes or fails. */
export function challengeMount(deps: ChallengeDependencies): Mount {
  const handle = async (request: HttpRequest): Promise<HttpReply> => {
    const place = placeOf(request.path);
    if (place === null) return gone();
    const intent = await deps.engine.read(
      place.account,
      (need) => void need('intents', place.intentId),
      (rows) => rows.get('intents', place.intentId),
    );
    if (intent === null || !secretFits(place.secret, intent)) return gone();
    if (request.method === 'GET' || request.method === 'HEAD')
      return page(200, challengePage(amountText(intent), intent.challenge?.version ?? '2.2.0'));
    if (request.method !== 'POST')
      return page(405, messagePage('Not here', 'Use the two buttons.'));
    const answer = new URLSearchParams(request.body.toString('utf8')).get('answer');
    if (answer !== 'complete' && answer !== 'fail')
      return page(400, messagePage('No answer', 'Use one of the two buttons to answer.'));
    return settle(deps, place, intent, answer === 'complete');
  };
  const tooLarge = (): HttpReply => page(413, messagePage('Too much', 'That was no answer.'));
  return { prefix: '/challenge/', handle, tooLarge };
}

function amountText({ amount, currency }: Intent): string {
  return `${formatPlain(amount, currency)} ${currency.toUpperCase()}`;
}

async function settle(
  { engine }: ChallengeDependencies,
  { account, intentId, secret }: Place,
  asked: Intent,
  passed: boolean,
): Promise<HttpReply> {
  const result = await engine.background(answerChallenge(account, intentId, secret, passed));
  const failed = 'failure' in result;
  const declined = failed && result.failure === 'declined';
  if (failed && !declined) return gone();
  const returnUrl = asked.challenge?.returnUrl ?? null;
  if (returnUrl !== null) {
    const location = returnAddress(returnUrl, asked, passed && !declined);
    return { status: 303, headers: { ...HEADERS, location }, body: '' };
  }
  return page(
    200,
    passed && !declined
      ? messagePage('Confirmed', 'Your bank has agreed. You can close this page.')
      : messagePage('Not confirmed', 'Your bank has not agreed. Try another card in the shop.'),
  );
}

/** The shop's address with what happened, as Stripe appends it. */
export function returnAddress(returnUrl: string, intent: Intent, succeeded: boolean): string {
  const url = new URL(returnUrl);
  url.searchParams.set('payment_intent', intent.id);
  url.searchParams.set('payment_intent_client_secret', intent.clientSecret);
  url.searchParams.set('redirect_status', succeeded ? 'succeeded' : 'failed');
  return url.toString();
}
