import { appliedTo, cashIn, remainingOf } from '../../domain/cash.js';
import type { Intent } from '../../domain/intent.js';
import { pretendTransfer } from '../../engine/cash.js';
import type { Engine } from '../../engine/engine.js';
import { moneyText } from '../hosted-text.js';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { messagePage, page } from '../page-shell.js';
import { fits, type Place, placeOf } from '../place.js';
import { instructionsPage, type Line } from './hosted-pages.js';
import { addressesFor } from './view/bank-transfer.js';
import type { WireObject } from './view/view.js';

/** An intent that waits for a transfer, and whether its customer's cash is enough already. */
interface Waiting {
  readonly intent: Intent;
  readonly reference: string;
  readonly isCovered: boolean;
}

function gone(): HttpReply {
  const text =
    'This payment was made already, or its link is not whole. Go back to the shop to see where ' +
    'your order stands.';
  return page(404, messagePage('Nothing to pay here', text));
}

function find(engine: Engine, { account, id, secret }: Place): Promise<Waiting | null> {
  return engine.read(
    account,
    (need) => {
      const intent = need('intents', id);
      if (intent?.asks?.kind === 'transfer') need('cash_balances', intent.customer);
    },
    (rows) => {
      const intent = rows.get('intents', id);
      if (intent?.asks?.kind !== 'transfer' || !fits(secret, intent.asks.secret)) return null;
      const cash = intent.customer === null ? null : rows.get('cash_balances', intent.customer);
      const isCovered = cashIn(cash, intent.currency) >= remainingOf(intent);
      return { intent, reference: intent.asks.reference, isCovered };
    },
  );
}

/** What a payer types into their bank's form, by the names that the API gives it. */
const NAMES: readonly (readonly [field: string, name: string])[] = [
  ['account_holder_name', 'Recipient'],
  ['iban', 'IBAN'],
  ['bic', 'BIC'],
  ['clabe', 'CLABE'],
  ['bank_name', 'Bank'],
  ['bank_code', 'Bank code'],
  ['branch_name', 'Branch'],
  ['branch_code', 'Branch code'],
  ['routing_number', 'Routing number'],
  ['sort_code', 'Sort code'],
  ['account_number', 'Account number'],
];

function linesFor(currency: string): Line[] {
  return addressesFor(currency).flatMap((address) => {
    const fields = address[address.type as string] as WireObject;
    return NAMES.flatMap(([field, name]): Line[] => {
      const value = fields[field];
      if (typeof value !== 'string') return [];
      return [{ name, value, isId: field !== 'account_holder_name' && field !== 'bank_name' }];
    });
  });
}

function instructions({ intent, reference, isCovered }: Waiting): HttpReply {
  const { currency } = intent;
  const applied = appliedTo(intent);
  const lines = [{ name: 'Reference', value: reference, isId: true }, ...linesFor(currency)];
  const arrived = applied === 0n ? null : moneyText(applied, currency);
  const remaining = moneyText(remainingOf(intent), currency);
  return page(200, instructionsPage(remaining, arrived, lines, isCovered));
}

async function pretend(engine: Engine, place: Place): Promise<HttpReply> {
  const { account, id, secret } = place;
  const result = await engine.background(pretendTransfer(account, id, secret));
  if ('failure' in result) return gone();
  if (result.state === 'captured')
    return page(200, messagePage('Paid', 'The transfer has arrived. You can close this page.'));
  // An older payment came first, or the shop applies by hand: what is still to be done is shown.
  const still = await find(engine, place);
  return still === null ? gone() : instructions(still);
}

/** The page that tells a customer how to pay by bank transfer. */
export function instructionsMount({ engine }: { readonly engine: Engine }): Mount {
  const handle = async (request: HttpRequest): Promise<HttpReply> => {
    const place = placeOf(request.path);
    const waiting = place && (await find(engine, place));
    if (!place || !waiting) return gone();
    if (request.method === 'GET' || request.method === 'HEAD') return instructions(waiting);
    if (request.method !== 'POST') return page(405, messagePage('Not here', 'Use the button.'));
    return pretend(engine, place);
  };
  const tooLarge = (): HttpReply => page(413, messagePage('Too much', 'Use the button.'));
  return { prefix: '/instructions/', handle, tooLarge };
}
