import { isSetup, type Purpose } from '../engine/choice.js';
import type { Engine } from '../engine/engine.js';
import { answerChallenge } from '../engine/intents.js';
import { answerSetupChallenge } from '../engine/setups.js';
import { challengePage, closingPage, SCRIPT_SOURCES } from './challenge-page.js';
import { moneyText } from './hosted-text.js';
import type { HttpReply, HttpRequest, Mount } from './http.js';
import { messagePage, pageHeaders } from './page-shell.js';
import { fits, type Place, placeOf } from './place.js';

interface ChallengeDependencies {
  readonly engine: Engine;
  /**
   * The address that whoever asked named to return to, with what happened. Only confirmations of
   * the Stripe dialect name one: others show the question within their own page.
   */
  readonly returnAddress: (returnUrl: string, purpose: Purpose, succeeded: boolean) => string;
}

const HEADERS = pageHeaders(`script-src ${SCRIPT_SOURCES}; form-action *`);

function page(status: number, html: string): HttpReply {
  return { status, headers: HEADERS, body: html };
}

function gone(): HttpReply {
  return page(
    404,
    closingPage(
      'Nothing to confirm here',
      'This payment was confirmed already, or its link is not whole. Go back to the shop to see ' +
        'where your order stands.',
    ),
  );
}

/** The bank's page of the card simulator: it asks, and the customer completes or fails. */
export function challengeMount(deps: ChallengeDependencies): Mount {
  const handle = async (request: HttpRequest): Promise<HttpReply> => {
    const place = placeOf(request.path);
    if (place === null) return gone();
    const table = place.id.startsWith('seti_') ? 'setups' : 'intents';
    const intent = await deps.engine.read(
      place.account,
      (need) => void need(table, place.id),
      (rows): Purpose | null => rows.get(table, place.id),
    );
    if (intent === null || !fits(place.secret, intent.challenge?.secret)) return gone();
    if (request.method === 'GET' || request.method === 'HEAD') return question(intent);
    if (request.method !== 'POST')
      return page(405, messagePage('Not here', 'Use the two buttons.'));
    const form = new URLSearchParams(request.body.toString('utf8'));
    const answer = form.get('answer');
    // Scripts of Dojo's kind open the bank's page by a form that brings what the bank is to see.
    if (answer === null && form.has('JWT')) return question(intent);
    if (answer !== 'complete' && answer !== 'fail')
      return page(400, messagePage('No answer', 'Use one of the two buttons to answer.'));
    const embedded = new URLSearchParams(request.query).get('embedded') === '1';
    return settle(deps, place, intent, answer === 'complete', embedded);
  };
  const tooLarge = (): HttpReply => page(413, messagePage('Too much', 'That was no answer.'));
  return { prefix: '/challenge/', handle, tooLarge };
}

function question(purpose: Purpose): HttpReply {
  return page(200, challengePage(amountText(purpose), purpose.challenge?.version ?? '2.2.0'));
}

function amountText(purpose: Purpose): string {
  if (isSetup(purpose)) return 'Save for later payments';
  return moneyText(purpose.amount, purpose.currency);
}

async function settle(
  { engine, returnAddress }: ChallengeDependencies,
  { account, id, secret }: Place,
  asked: Purpose,
  passed: boolean,
  embedded: boolean,
): Promise<HttpReply> {
  const result = isSetup(asked)
    ? await engine.background(answerSetupChallenge(account, id, secret, passed))
    : await engine.background(answerChallenge(account, id, secret, passed));
  const failed = 'failure' in result;
  const declined = failed && ['declined', 'setup_declined'].includes(result.failure);
  if (failed && !declined) return gone();
  const returnUrl = asked.challenge?.returnUrl ?? null;
  // In a dialog of the shop's page there is nowhere to go back to: the page around it goes on.
  if (returnUrl !== null && !embedded) {
    const location = returnAddress(returnUrl, asked, passed && !declined);
    return { status: 303, headers: { ...HEADERS, location }, body: '' };
  }
  return page(
    200,
    passed && !declined
      ? closingPage('Confirmed', 'Your bank has agreed. You can close this page.')
      : closingPage('Not confirmed', 'Your bank has not agreed. Try another card in the shop.'),
  );
}
