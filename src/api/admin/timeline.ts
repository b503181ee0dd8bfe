import type { Attempt } from '../../domain/attempt.js';
import { declineMessage } from '../../domain/decline-messages.js';
import type { Dispute } from '../../domain/dispute.js';
import type { FactType } from '../../domain/fact.js';
import type { Transfer } from '../../domain/ledger.js';
import type { Mail } from '../../domain/mail.js';
import type { Refund } from '../../domain/refund.js';
import type { Delivery, Job, JobKind } from '../../domain/subscription.js';
import { methodLabel, moneyOf } from './intent-row.js';
import type { IntentScene, ToldFact } from './intent-scene.js';
import type { TimelineEntry } from './schema.js';

type Facts = TimelineEntry['facts'];

const NO_WORDS: TimelineEntry['words'] = { stripe: null, dojo: null, code: null };

/** What is known of an entry; the rest of it is empty. */
type Known = Pick<TimelineEntry, 'atMs' | 'kind' | 'id' | 'title'> & Partial<TimelineEntry>;

function entry(known: Known): TimelineEntry {
  return { outcome: '', amount: null, facts: [], words: NO_WORDS, ...known };
}

/** Pairs of which those without a value are left out. */
function present(pairs: readonly (readonly [string, string | null])[]): Facts {
  return pairs.flatMap(([name, value]) =>
    value === null || value === '' ? [] : [[name, value] as const],
  );
}

const ATTEMPT_TITLES = {
  started: ['Payment under way', 'waiting'],
  failed: ['Payment declined', 'bad'],
  authorized: ['Payment authorized', 'good'],
  captured: ['Payment made', 'good'],
  released: ['Hold released', ''],
} as const;

function attemptEntry(attempt: Attempt): TimelineEntry {
  const { id, created, state, amount, currency, decline, approval } = attempt;
  const [title, outcome] = ATTEMPT_TITLES[state];
  return entry({
    atMs: created * 1000,
    kind: 'attempt',
    id,
    title: `${title}: ${methodLabel(attempt)}`,
    outcome,
    amount: moneyOf(amount, currency),
    facts: present([
      ['Reason', decline && declineMessage(decline.code, decline.declineCode)],
      ['Decline code', decline && (decline.declineCode ?? decline.code)],
      ['Authorization code', approval?.authorizationCode ?? null],
      ['Rail', attempt.rail],
    ]),
  });
}

const REFUND_OUTCOMES = {
  awaiting_action: 'waiting',
  pending: 'waiting',
  succeeded: 'good',
  failed: 'bad',
  canceled: '',
} as const;

function refundEntry(refund: Refund): TimelineEntry {
  const { id, created, amount, currency, state } = refund;
  const what = refund.kind === 'reversal' ? 'Reversal' : 'Refund';
  return entry({
    atMs: created * 1000,
    kind: 'refund',
    id,
    title: `${what} ${state.replaceAll('_', ' ')}`,
    outcome: REFUND_OUTCOMES[state],
    amount: moneyOf(amount, currency),
    facts: present([
      ['Reason', refund.reason],
      ['Failure', refund.failureReason],
    ]),
  });
}

function disputeEntry(dispute: Dispute): TimelineEntry {
  const { id, created, amount, currency, state, reason, dueBy } = dispute;
  const open = state === 'needs_response' || state === 'warning_needs_response';
  return entry({
    atMs: created * 1000,
    kind: 'dispute',
    id,
    title: `Dispute: ${state.replaceAll('_', ' ')}`,
    outcome: state === 'won' ? 'good' : state === 'lost' ? 'bad' : 'waiting',
    amount: moneyOf(amount, currency),
    facts: present([
      ['Reason', reason.replaceAll('_', ' ')],
      ['Evidence due', open ? new Date(dueBy * 1000).toISOString() : null],
    ]),
  });
}

function transferEntry(transfer: Transfer): TimelineEntry {
  const { id, created, kind, state, amount, currency, fee, entries } = transfer;
  return entry({
    atMs: created * 1000,
    kind: 'transfer',
    id,
    title: `Ledger: ${kind.replaceAll('_', ' ')}, ${state}`,
    outcome: state === 'pending' ? 'waiting' : '',
    amount: moneyOf(amount, currency),
    facts: [
      ...present([['Fee', fee === 0n ? null : String(fee)]]),
      ...entries.map(([ledgerAccount, moved]) => [ledgerAccount, moved] as const),
    ],
  });
}

const FACT_TITLES: { readonly [T in FactType]?: readonly [string, TimelineEntry['outcome']] } = {
  'intent.created': ['Created', ''],
  'intent.action_required': ['The customer is asked to act', 'waiting'],
  'intent.processing': ['On its way', 'waiting'],
  'intent.authorized': ['Authorized', 'good'],
  'intent.paid': ['Paid', 'good'],
  'intent.captured': ['Captured', 'good'],
  'intent.captured_in_part': ['Captured in part', 'good'],
  'intent.declined': ['Declined', 'bad'],
  'intent.canceled': ['Canceled', ''],
  'intent.called_off': ['Called off', ''],
  'intent.expired': ['Expired', ''],
  'refund.created': ['Refund created', ''],
  'refund.failed': ['Refund failed', 'bad'],
};

/** The core's name in plain words, for facts that have no sentence of their own. */
function plainName(type: FactType): string {
  const [kind = '', what = ''] = type.split('.');
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${what.replaceAll('_', ' ')}`;
}

function factEntry({ fact, told }: ToldFact): TimelineEntry {
  const [title, outcome] = FACT_TITLES[fact.type] ?? [plainName(fact.type), '' as const];
  const inWords = (dialect: 'stripe' | 'dojo'): string | null =>
    told
      .filter((one) => one.dialect === dialect)
      .map(({ type }) => type)
      .join(', ') || null;
  return entry({
    atMs: fact.created * 1000,
    kind: 'event',
    id: fact.id,
    title,
    outcome,
    facts: present([
      ['Request', fact.requestId],
      ['Idempotency key', fact.idempotencyKey],
    ]),
    words: {
      stripe: inWords('stripe'),
      dojo: inWords('dojo'),
      code: fact.type === 'intent.paid' ? 'SUBMITTED' : null,
    },
  });
}

const DELIVERY_OUTCOMES = { waiting: 'waiting', delivered: 'good', abandoned: 'bad' } as const;

function deliveryEntry({ fact, told }: ToldFact, delivery: Delivery): TimelineEntry {
  const { id, state, event, tries, subscription } = delivery;
  const last = tries.at(-1);
  const dialect = told.find((one) => one.id === event)?.dialect;
  return entry({
    atMs: fact.created * 1000,
    kind: 'delivery',
    id,
    title: `Webhook ${state}: ${delivery.type}`,
    outcome: DELIVERY_OUTCOMES[state],
    facts: present([
      ['Endpoint', subscription],
      ['Event', event],
      ['Tries', String(tries.length)],
      ['Last answer', last === undefined ? null : (last.error ?? String(last.status))],
    ]),
    words: {
      stripe: dialect === 'stripe' ? delivery.type : null,
      dojo: dialect === 'dojo' ? delivery.type : null,
      code: null,
    },
  });
}

const JOB_TITLES: { readonly [K in JobKind]?: string } = {
  expire_authorization: 'The hold ends',
  expire_request: 'Canceled if unpaid',
  recover_attempt: 'The rail is asked again',
  settle_attempt: 'The bank answers',
  settle_refund: 'The refund settles',
  advance_dispute: "The dispute's next step",
};

function jobEntry({ id, kind, dueAt, tries }: Job): TimelineEntry {
  return entry({
    atMs: dueAt * 1000,
    kind: 'job',
    id,
    title: JOB_TITLES[kind] ?? kind.replaceAll('_', ' '),
    outcome: 'waiting',
    facts: present([['Tries', tries === 0 ? null : String(tries)]]),
  });
}

const MAIL_OUTCOMES = { waiting: 'waiting', sent: 'good', kept: 'good', failed: 'bad' } as const;

function mailEntry(mail: Mail, aheadSeconds: number): TimelineEntry {
  return entry({
    atMs: (mail.created + aheadSeconds) * 1000,
    kind: 'mail',
    id: mail.id,
    title: `Letter ${mail.state}: ${mail.subject}`,
    outcome: MAIL_OUTCOMES[mail.state],
    facts: present([
      ['To', mail.to],
      ['Fault', mail.fault],
    ]),
  });
}

/** Of what happened in one second, what caused it is told before what followed. */
const ORDER: readonly TimelineEntry['kind'][] = [
  'event',
  'attempt',
  'dispute',
  'refund',
  'transfer',
  'delivery',
  'mail',
  'message',
  'job',
];

/** The life of an intent, oldest first, in business time; what is still to come stands last. */
export function timelineOf(scene: IntentScene): TimelineEntry[] {
  const { intent, facts, aheadSeconds } = scene;
  const isTold = (type: FactType): boolean => facts.some(({ fact }) => fact.type === type);
  const untold: TimelineEntry[] = [];
  // Events are kept for 30 days; the intent itself knows its beginning and its end for ever.
  if (!isTold('intent.created')) {
    const { id, created, amount, currency } = intent;
    const known = { atMs: created * 1000, kind: 'event', id, title: 'Created' } as const;
    untold.push(entry({ ...known, amount: moneyOf(amount, currency) }));
  }
  const ends = ['intent.canceled', 'intent.called_off', 'intent.expired'] as const;
  if (intent.canceledAt !== null && !ends.some(isTold)) {
    const { id, canceledAt } = intent;
    untold.push(entry({ atMs: canceledAt * 1000, kind: 'event', id, title: 'Canceled' }));
  }
  const all = [
    ...untold,
    ...facts.map(factEntry),
    ...scene.attempts.map(attemptEntry),
    ...scene.refunds.map(refundEntry),
    ...scene.disputes.map(disputeEntry),
    ...scene.transfers.map(transferEntry),
    ...facts.flatMap((one) => one.deliveries.map((delivery) => deliveryEntry(one, delivery))),
    ...scene.mails.map((mail) => mailEntry(mail, aheadSeconds)),
    ...scene.jobs.map(jobEntry),
  ];
  return all.sort((a, b) => a.atMs - b.atMs || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}
