import type { Attempt } from '../../domain/attempt.js';
import type { Dispute } from '../../domain/dispute.js';
import type { Fact } from '../../domain/fact.js';
import { idTime } from '../../domain/id.js';
import type { Intent } from '../../domain/intent.js';
import type { Transfer } from '../../domain/ledger.js';
import type { Mail } from '../../domain/mail.js';
import type { Refund } from '../../domain/refund.js';
import { INSTALLATION } from '../../domain/rendezvous.js';
import type { Delivery, Job } from '../../domain/subscription.js';
import type { Need, Rows } from '../../engine/command.js';
import { disputeJobId } from '../../engine/disputes.js';
import type { Engine } from '../../engine/engine.js';
import { unusedJobId } from '../../engine/expiry.js';
import { expiryJobId, recoveryJobId } from '../../engine/pay.js';
import { refundJobId } from '../../engine/refund-life.js';

/** An event of a fact, by the dialect that tells it. */
interface Told {
  readonly dialect: 'stripe' | 'dojo';
  readonly id: string;
  readonly type: string;
}

/** A fact with its events and their deliveries. */
export interface ToldFact {
  readonly fact: Fact;
  readonly told: readonly Told[];
  readonly deliveries: readonly Delivery[];
}

/** All that is stored about one intent. */
export interface IntentScene {
  readonly intent: Intent;
  /** The latest attempt. */
  readonly attempt: Attempt | null;
  readonly attempts: readonly Attempt[];
  readonly refunds: readonly Refund[];
  readonly disputes: readonly Dispute[];
  readonly transfers: readonly Transfer[];
  readonly jobs: readonly Job[];
  readonly mails: readonly Mail[];
  readonly facts: readonly ToldFact[];
  /** The rendezvous at which a wallet can pay it; null where there is none. */
  readonly rendezvous: string | null;
  /** What stands in the link to its checkout; null where nobody has asked for one. */
  readonly link: string | null;
  /** Business time, Unix seconds: the account's, or that of the clock that the intent lives by. */
  readonly now: number;
  readonly aheadSeconds: number;
}

type Own = Pick<
  IntentScene,
  | 'intent'
  | 'attempt'
  | 'attempts'
  | 'refunds'
  | 'disputes'
  | 'transfers'
  | 'jobs'
  | 'now'
  | 'aheadSeconds'
>;

const jobsOf = (intent: string, attempts: Ids, refunds: Ids, disputes: Ids): string[] => [
  unusedJobId(intent),
  ...attempts.flatMap(({ id }) => [expiryJobId(id), recoveryJobId(id)]),
  ...refunds.map(({ id }) => refundJobId(id)),
  ...disputes.map(({ id }) => disputeJobId(id)),
];

type Ids = readonly { readonly id: string }[];

function needOwn(need: Need, id: string): void {
  const intent = need('intents', id);
  need('clocks', intent?.clockId);
  const attempts = need.list('attempts', 'intent', id);
  const refunds = need.list('refunds', 'intent', id);
  const disputes = need.list('disputes', 'intent', id);
  need.list('transfers', 'source', id);
  for (const list of [attempts, refunds, disputes])
    for (const row of list ?? []) need.list('transfers', 'source', row.id);
  for (const { hold, transfer } of attempts ?? []) {
    need('transfers', hold);
    need('transfers', transfer);
  }
  if (attempts && refunds && disputes)
    for (const job of jobsOf(id, attempts, refunds, disputes)) need('jobs', job);
}

function ownOf(rows: Rows, id: string, nowMs: number): Own | null {
  const intent = rows.get('intents', id);
  if (intent === null) return null;
  const attempts = rows.list('attempts', 'intent', id);
  const refunds = rows.list('refunds', 'intent', id);
  const disputes = rows.list('disputes', 'intent', id);
  const transfers = new Map<string, Transfer>();
  const put = (transfer: Transfer | null): void => {
    if (transfer !== null) transfers.set(transfer.id, transfer);
  };
  for (const source of [id, ...[...attempts, ...refunds, ...disputes].map((row) => row.id)])
    for (const transfer of rows.list('transfers', 'source', source)) put(transfer);
  for (const { hold, transfer } of attempts) {
    if (hold !== null) put(rows.get('transfers', hold));
    if (transfer !== null) put(rows.get('transfers', transfer));
  }
  const { clockAheadSeconds: aheadSeconds } = rows.account();
  const clock = intent.clockId === null ? null : rows.get('clocks', intent.clockId);
  return {
    intent,
    attempt: attempts.find((one) => one.id === intent.latestAttempt) ?? null,
    attempts,
    refunds,
    disputes,
    transfers: [...transfers.values()],
    jobs: jobsOf(id, attempts, refunds, disputes).flatMap((job) => rows.get('jobs', job) ?? []),
    now: clock?.frozenTime ?? Math.floor(nowMs / 1000) + aheadSeconds,
    aheadSeconds,
  };
}

/** Facts looked at from the creation on, and from each later row of the intent's on. */
const FIRST_FACTS = 200;
const LATER_FACTS = 50;
/** Facts looked at back from now: an end that leaves no row of its own is found there. */
const LAST_FACTS = 200;
/** Rows of an intent's from which facts are looked for. */
const PLACES_MAX = 40;

/** Sorts before every fact of the millisecond in which a row was made. */
function placeOf(id: string): string | null {
  if (idTime(id) === null) return null;
  const start = id.lastIndexOf('_') + 1;
  return `fact_${id.slice(start, start + 7)}`;
}

/**
 * The facts about an intent. No index has them by their intent, since each would cost every
 * payment; they are recorded in the commits that write the intent's rows, and found beside those.
 */
async function factsOf(engine: Engine, { intent, ...own }: Own): Promise<Fact[]> {
  const later = [...own.attempts, ...own.refunds, ...own.disputes, ...own.transfers];
  const places = new Map<string, number>();
  for (const { id } of later.slice(0, PLACES_MAX)) {
    const place = placeOf(id);
    if (place !== null) places.set(place, LATER_FACTS);
  }
  const first = placeOf(intent.id);
  if (first !== null) places.set(first, FIRST_FACTS);
  const request = { table: 'facts', account: intent.account, conditions: [] } as const;
  const pages = await Promise.all([
    ...[...places].map(([newerThan, limit]) => engine.page({ ...request, newerThan, limit })),
    engine.page({ ...request, limit: LAST_FACTS }),
  ]);
  const named = JSON.stringify(intent.id);
  const about = (fact: Fact): boolean =>
    [fact.intent, fact.attempt, fact.refund, fact.dispute, fact.inquiry].some((snapshot) =>
      snapshot?.includes(named),
    );
  const found = new Map(pages.flat().map((fact) => [fact.id, fact]));
  return [...found.values()].filter(about).sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function told(engine: Engine, account: string, facts: readonly Fact[]): Promise<ToldFact[]> {
  const events = facts.map((fact) =>
    (['stripe', 'dojo'] as const).flatMap((dialect) =>
      engine
        .teller(dialect)
        .events(fact)
        .map(({ id, type }) => ({ dialect, id, type })),
    ),
  );
  const ids = events.flat().map(({ id }) => id);
  const deliveries = await engine.read(
    account,
    (need) => {
      for (const id of ids) need.list('deliveries', 'event', id);
    },
    (rows) => new Map(ids.map((id) => [id, rows.list('deliveries', 'event', id)])),
  );
  return facts.map((fact, at) => {
    const own = events[at] ?? [];
    return { fact, told: own, deliveries: own.flatMap(({ id }) => deliveries.get(id) ?? []) };
  });
}

function readOutside(engine: Engine, { account, id }: Intent) {
  return engine.read(
    INSTALLATION,
    (need) => {
      need.list('mails', 'intent', id);
      need.list('requests', 'intent', id);
      need.list('directory', 'subject', id);
    },
    (rows) => {
      const mine = <R extends { merchant: string }>(found: R[]): R[] =>
        found.filter(({ merchant }) => merchant === account);
      return {
        mails: mine(rows.list('mails', 'intent', id)),
        rendezvous: mine(rows.list('requests', 'intent', id))[0]?.id ?? null,
        link: mine(rows.list('directory', 'subject', id))[0]?.id ?? null,
      };
    },
  );
}

/** Reads all that is stored about an intent; null where the account has none of that id. */
export async function readIntentScene(
  engine: Engine,
  account: string,
  id: string,
): Promise<IntentScene | null> {
  const own = await engine.read(
    account,
    (need) => needOwn(need, id),
    (rows) => ownOf(rows, id, engine.nowMs()),
  );
  if (own === null) return null;
  const [outside, facts] = await Promise.all([
    readOutside(engine, own.intent),
    factsOf(engine, own).then((found) => told(engine, account, found)),
  ]);
  return { ...own, ...outside, facts };
}
