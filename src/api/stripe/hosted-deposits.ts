import { bankAccountOf } from '../../domain/bank.js';
import type { DepositAnswer, DepositCheck } from '../../domain/deposits.js';
import { isSetup, type Purpose } from '../../engine/choice.js';
import type { Engine } from '../../engine/engine.js';
import { verifyIntentDeposits } from '../../engine/intent-deposits.js';
import { verifySetupDeposits } from '../../engine/setups.js';
import { dayText } from '../hosted-text.js';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { messagePage, page } from '../page-shell.js';
import { fits, type Place, placeOf } from '../place.js';
import { depositsPage } from './hosted-pages.js';

/** What is asked of an account's holder, and the account's last digits. */
interface Asked {
  readonly purpose: Purpose;
  readonly check: DepositCheck;
  readonly last4: string;
}

function gone(): HttpReply {
  const text =
    'This account was confirmed already, or its link is not whole. Go back to the shop to see ' +
    'where your order stands.';
  return page(404, messagePage('Nothing to confirm here', text));
}

function checkOf(purpose: Purpose): DepositCheck | null {
  if (isSetup(purpose)) return purpose.deposits;
  return purpose.asks?.kind === 'deposits' ? purpose.asks.check : null;
}

function find(engine: Engine, { account, id, secret }: Place): Promise<Asked | null> {
  const table = id.startsWith('seti_') ? 'setups' : 'intents';
  return engine.read(
    account,
    (need) => {
      const purpose = need(table, id);
      if (purpose) need('methods', purpose.method);
    },
    (rows) => {
      const purpose: Purpose | null = rows.get(table, id);
      const check = purpose && checkOf(purpose);
      if (!purpose || !check || !fits(secret, check.secret)) return null;
      const method = purpose.method === null ? null : rows.get('methods', purpose.method);
      return { purpose, check, last4: bankAccountOf(method?.details ?? null)?.last4 ?? '' };
    },
  );
}

/** Cents as they are typed: `32`, `0.32` or `$0.32`. */
function centsOf(typed: string): bigint | null {
  const cents = /^(?:\$?0?\.(\d{2})|(\d{1,2}))$/.exec(typed.trim());
  return cents === null ? null : BigInt(cents[1] ?? cents[2] ?? '');
}

/** What a form says, or what is wrong with it. */
function answerOf(form: URLSearchParams): DepositAnswer | string {
  const code = form.get('code')?.trim().toUpperCase() ?? '';
  if (code !== '') return { descriptorCode: code };
  const [first, second] = [centsOf(form.get('first') ?? ''), centsOf(form.get('second') ?? '')];
  if (first === null || second === null)
    return 'That is not an answer. Type the code, or the cents of both deposits, such as 32.';
  return { amounts: [first, second] };
}

function ask({ check, last4 }: Asked, fault: string | null): HttpReply {
  const html = depositsPage(`the account ending in ${last4}`, dayText(check.arrivesAt), fault);
  return page(fault === null ? 200 : 400, html);
}

async function verify(
  engine: Engine,
  { account, id }: Place,
  asked: Asked,
  answer: DepositAnswer,
): Promise<HttpReply> {
  const result = isSetup(asked.purpose)
    ? await engine.background(verifySetupDeposits(account, id, answer))
    : await engine.background(verifyIntentDeposits(account, id, answer));
  if (!('failure' in result))
    return page(200, messagePage('Account confirmed', 'It is yours. You can close this page.'));
  if (result.failure !== 'deposits_refused') return gone();
  if (result.reason === 'attempts_exceeded' || result.reason === 'timeout') {
    const why =
      result.reason === 'timeout'
        ? 'the deposits are too old'
        : 'there were too many wrong answers';
    const text = `Account not confirmed: ${why}. Go back to the shop to pay in another way.`;
    return page(400, messagePage('Account not confirmed', text));
  }
  const left = result.triesLeft === 1 ? '1 try is left' : `${result.triesLeft} tries are left`;
  return ask(asked, `That is not what was sent. Look at your statement again; ${left}.`);
}

/** The page on which the holder of an account confirms the deposits that were sent to it. */
export function depositsMount({ engine }: { readonly engine: Engine }): Mount {
  const handle = async (request: HttpRequest): Promise<HttpReply> => {
    const place = placeOf(request.path);
    const asked = place && (await find(engine, place));
    if (!place || !asked) return gone();
    if (request.method === 'GET' || request.method === 'HEAD') return ask(asked, null);
    if (request.method !== 'POST')
      return page(405, messagePage('Not here', 'Use one of the two forms.'));
    const answer = answerOf(new URLSearchParams(request.body.toString('utf8')));
    return typeof answer === 'string' ? ask(asked, answer) : verify(engine, place, asked, answer);
  };
  const tooLarge = (): HttpReply => page(413, messagePage('Too much', 'That was no answer.'));
  return { prefix: '/microdeposits/', handle, tooLarge };
}
