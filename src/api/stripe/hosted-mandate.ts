import { bankAccountOf } from '../../domain/bank.js';
import type { Mandate } from '../../domain/mandate.js';
import type { PaymentMethod } from '../../domain/payment-method.js';
import type { Engine } from '../../engine/engine.js';
import { dayText, moneyText } from '../hosted-text.js';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { messagePage, page } from '../page-shell.js';
import { fits, type Place, placeOf } from '../place.js';
import { type Line, mandatePage } from './hosted-pages.js';

/** A mandate with the account it is about and whom it was given to. */
interface Agreed {
  readonly mandate: Mandate;
  readonly method: PaymentMethod | null;
  readonly merchant: string;
}

function gone(): HttpReply {
  const text = 'There is no mandate behind this link. Ask the shop for a whole one.';
  return page(404, messagePage('No mandate here', text));
}

function find(engine: Engine, { account, id, secret }: Place): Promise<Agreed | null> {
  return engine.read(
    account,
    (need) => {
      const mandate = need('mandates', id);
      if (mandate) need('methods', mandate.method);
    },
    (rows) => {
      const mandate = rows.get('mandates', id);
      if (mandate === null || !fits(secret, mandate.secret)) return null;
      const merchant = rows.account().businessName;
      return { mandate, method: rows.get('methods', mandate.method), merchant };
    },
  );
}

function termsOf({ mandate, merchant }: Agreed): string {
  const often = mandate.singleUse === null ? 'until you revoke this permission' : 'once';
  const sepa =
    ' You can claim the money back from your bank for eight weeks after each payment, on the ' +
    'terms that you have agreed with it.';
  return (
    `You have allowed ${merchant} to collect payments from your bank account, ${often}, and ` +
    `your bank to make them.${mandate.methodType === 'sepa_debit' ? sepa : ''}`
  );
}

const STATES: Record<Mandate['state'], string> = {
  active: 'In force',
  inactive: 'Ended',
  pending: 'Waits for the account to be confirmed',
};

function linesOf({ mandate, method, merchant }: Agreed): Line[] {
  const { acceptance, reference, singleUse, state } = mandate;
  const account = bankAccountOf(method?.details ?? null);
  const agreedAt = dayText(acceptance.acceptedAt);
  const lines: Line[] = [{ name: 'State', value: STATES[state] }];
  if (reference !== null) lines.push({ name: 'Reference', value: reference, isId: true });
  lines.push({ name: 'Given to', value: merchant });
  if (method?.billing.name) lines.push({ name: 'Given by', value: method.billing.name });
  if (account !== null)
    lines.push({ name: 'Account', value: `${account.country}, ends in ${account.last4}` });
  if (singleUse !== null) {
    const { amount, currency } = singleUse;
    lines.push({ name: 'For one payment of', value: moneyText(BigInt(amount), currency) });
  }
  const where = acceptance.kind === 'online' ? 'online' : 'not online';
  lines.push({ name: 'Agreed', value: `${agreedAt}, ${where}` });
  return lines;
}

/** The page that shows a customer the mandate they have given. */
export function mandateMount({ engine }: { readonly engine: Engine }): Mount {
  const handle = async (request: HttpRequest): Promise<HttpReply> => {
    const place = placeOf(request.path);
    const agreed = place && (await find(engine, place));
    if (!agreed) return gone();
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return page(405, messagePage('Not here', 'A mandate can only be read.'));
    return page(200, mandatePage(termsOf(agreed), linesOf(agreed)));
  };
  const tooLarge = (): HttpReply => page(413, messagePage('Too much', 'A mandate can be read.'));
  return { prefix: '/mandates/', handle, tooLarge };
}
