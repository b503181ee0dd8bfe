import type { Intent } from '../../../domain/intent.js';
import { isOver, type TerminalSession } from '../../../domain/terminal.js';
import { findTerminal, type Terminal, terminalsOf } from '../../../engine/card-machines.js';
import {
  answerSignature,
  cancelTerminalSession,
  createTerminalSession,
  type TaskInput,
} from '../../../engine/terminals.js';
import { coreId, wireId } from '../ids.js';
import { keptOf } from '../kept.js';
import { invalid, invalidField, Refusal } from '../problem.js';
import {
  act,
  type DojoReply,
  type DojoRequest,
  idIn,
  notFound,
  reply,
  type WireObject,
} from '../request.js';
import { type Route, route } from '../route.js';
import { money } from '../schema/fields.js';
import { flag, object, oneOf, pascal, type Read, required, text } from '../schema/shape.js';
import { needTerminalSession, terminalSessionView } from '../view/terminal-session.js';
import { wireTime } from '../view/time.js';

const STATUSES = ['Available', 'Offline', 'InUse'] as const;
type Status = (typeof STATUSES)[number];

/** When terminals came to the API: nothing has changed a terminal since that was never used. */
const FIRST_SEEN = '2024-02-05T00:00:00Z';

const name = () => required(text({ min: 1, max: 100 }));

const createRequest = object({
  terminalId: name(),
  details: required(
    object({
      sessionType: required(oneOf(['Sale', 'MatchedRefund', 'UnlinkedRefund'])),
      sale: object({ paymentIntentId: name() }),
      matchedRefund: object({ paymentIntentId: name(), amount: money(1) }),
      unlinkedRefund: object({ amount: required(money(1)), cardholderNotPresent: flag() }),
    }),
  ),
});

const signatureRequest = object({ accepted: required(flag()) });

type Details = Read<typeof createRequest>['details'];

/** A terminal as it is now: its newest session says whether it is at work. */
async function terminalView(
  { engine, account, view }: DojoRequest,
  { id, machine }: Terminal,
): Promise<WireObject & { status: Status }> {
  const [newest] = await engine.page({
    table: 'terminal_sessions',
    account,
    conditions: [{ column: 'terminal', comparison: 'eq', value: id }],
    limit: 1,
  });
  const inUse = newest !== undefined && !isOver(newest);
  return {
    id: wireId('terminal', id, view.livemode),
    properties: { tid: machine.tid },
    status: inUse ? 'InUse' : machine.isOnline ? 'Available' : 'Offline',
    updatedAt: newest === undefined ? FIRST_SEEN : wireTime(newest.updated),
  };
}

/** Statuses by name, each in a parameter of its own or parted by commas; none stands for all. */
function statusesAsked({ query }: DojoRequest): readonly Status[] {
  const asked = query.getAll('statuses').flatMap((value) => value.split(',').filter(Boolean));
  const known = asked.map((word) => {
    const found = STATUSES.find((status) => status.toLowerCase() === word.toLowerCase());
    if (found !== undefined) return found;
    throw new Refusal(invalidField('statuses', `The value '${word}' is not valid.`));
  });
  return known.length === 0 ? STATUSES : known;
}

/** There are simulated terminals alone, so live accounts have none. */
function terminals({ account, view }: DojoRequest): Terminal[] {
  return view.livemode ? [] : terminalsOf(account);
}

async function listTerminals(request: DojoRequest): Promise<DojoReply> {
  const asked = statusesAsked(request);
  const shown = await Promise.all(terminals(request).map((one) => terminalView(request, one)));
  return reply(shown.filter(({ status }) => asked.includes(status)));
}

async function getTerminal(request: DojoRequest): Promise<DojoReply> {
  const id = idIn(request, 'terminal');
  const found = terminals(request).find((terminal) => terminal.id === id);
  return found === undefined ? notFound('terminal') : reply(await terminalView(request, found));
}

const KINDS = {
  Sale: 'sale',
  MatchedRefund: 'matchedRefund',
  UnlinkedRefund: 'unlinkedRefund',
} as const;

/** Exactly the details of the session's own type are to be given. */
function demandOwnDetails(details: Details): void {
  const own = KINDS[details.sessionType];
  const errors: [string, string[]][] = [];
  for (const kind of Object.values(KINDS)) {
    const field = `Details.${pascal(kind)}`;
    if (kind === own && details[kind] === undefined)
      errors.push([field, [`The ${field} field is required.`]]);
    if (kind !== own && details[kind] !== undefined)
      errors.push([field, [`The field ${field} does not go with ${details.sessionType}.`]]);
  }
  if (errors.length > 0) throw new Refusal(invalid(Object.fromEntries(errors)));
}

/** The intent that a body names: a session is not created for one that there is not. */
async function intentNamed({ engine, account, view }: DojoRequest, wire: string): Promise<Intent> {
  const id = coreId('intent', wire, view.livemode);
  const intent = await engine.read(
    account,
    (need) => void need('intents', id),
    (rows) => (id === null ? null : rows.get('intents', id)),
  );
  return intent ?? notFound('payment intent');
}

async function taskOf(request: DojoRequest, details: Details): Promise<TaskInput> {
  demandOwnDetails(details);
  const { sale, matchedRefund, unlinkedRefund } = details;
  if (unlinkedRefund !== undefined) {
    const { amount, cardholderNotPresent = false } = unlinkedRefund;
    const currency = amount.currencyCode.toLowerCase();
    const sum = { amount: BigInt(amount.value), currency };
    return { kind: 'unlinked_refund', ...sum, holderNotPresent: cardholderNotPresent };
  }
  const named = sale ?? matchedRefund;
  const { id, currency } = await intentNamed(request, named?.paymentIntentId ?? '');
  if (sale !== undefined)
    return {
      kind: 'sale',
      intent: id,
      isHolderAway: (intent) => keptOf(intent).cardHolderNotPresent === true,
    };
  const amount = matchedRefund?.amount;
  if (amount !== undefined && amount.currencyCode.toLowerCase() !== currency) {
    const text = `The payment intent is in ${currency.toUpperCase()}.`;
    throw new Refusal(invalidField('Details.MatchedRefund.Amount.CurrencyCode', text));
  }
  return { kind: 'matched_refund', intent: id, amount: amount ? BigInt(amount.value) : null };
}

function showing({ view }: DojoRequest, id: string | null) {
  return {
    alsoNeeds: (need: Parameters<typeof needTerminalSession>[0]) => {
      if (id !== null) needTerminalSession(need, id);
    },
    show: (session: TerminalSession, rows: Parameters<typeof terminalSessionView>[1]) =>
      terminalSessionView(session, rows, view),
  };
}

async function create(request: DojoRequest, sent: Read<typeof createRequest>) {
  const { account, view } = request;
  const terminal = coreId('terminal', sent.terminalId, view.livemode);
  if (view.livemode || terminal === null || findTerminal(account, terminal) === null)
    return notFound('terminal');
  const task = await taskOf(request, sent.details);
  return act(request, createTerminalSession(account, terminal, task), showing(request, null));
}

function getSession(request: DojoRequest): Promise<DojoReply> {
  const id = idIn(request, 'terminal_session');
  return request.engine.read(
    request.account,
    (need) => needTerminalSession(need, id),
    (rows) => {
      const session = rows.get('terminal_sessions', id);
      return session === null
        ? notFound('terminal session')
        : reply(terminalSessionView(session, rows, request.view));
    },
  );
}

function cancel(request: DojoRequest): Promise<DojoReply> {
  const id = idIn(request, 'terminal_session');
  return act(request, cancelTerminalSession(request.account, id), showing(request, id));
}

function sign(
  request: DojoRequest,
  { accepted }: Read<typeof signatureRequest>,
): Promise<DojoReply> {
  const id = idIn(request, 'terminal_session');
  return act(request, answerSignature(request.account, id, accepted), showing(request, id));
}

const TERMINAL = { isTerminal: true, since: '2024-02-05' } as const;

/** Card machines, and what they are asked to do. */
export const TERMINAL_ROUTES: readonly Route[] = [
  route('GET', '/terminals', null, listTerminals, {
    ...TERMINAL,
    operation: 'Terminals_ListTerminals',
    matches: 'by status; one that a session is at work on is in use',
    deviates: 'six simulated ones, the same for every sandbox, and none in live mode',
  }),
  route('GET', '/terminals/:id', null, getTerminal, {
    ...TERMINAL,
    operation: 'Terminals_GetTerminal',
  }),
  route('POST', '/terminal-sessions', createRequest, create, {
    ...TERMINAL,
    operation: 'TerminalSession_Create',
    matches: 'sales, matched and unlinked refunds; it expires 10 s on unless the terminal answers',
    deviates: 'a terminal takes a step a second; one that is busy or offline answers with 409',
  }),
  route('GET', '/terminal-sessions/:id', null, getSession, {
    ...TERMINAL,
    operation: 'TerminalSession_Get',
    matches: 'notifications, statuses and, once the bank has answered, the receipts',
    deviates: 'receipts are shorter than those of real terminals',
  }),
  route('PUT', '/terminal-sessions/:id/cancel', null, cancel, {
    ...TERMINAL,
    operation: 'TerminalSession_Cancel',
    matches: 'until the card is being paid with; the terminal carries it out with its next step',
  }),
  route('PUT', '/terminal-sessions/:id/signature', signatureRequest, sign, {
    ...TERMINAL,
    operation: 'TerminalSession_Signature',
    matches: 'a signature that nobody answers for is accepted',
    deviates: 'after 60 s; the money moves after the answer, not before',
  }),
];
