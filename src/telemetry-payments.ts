import { Histogram, type Registry } from 'prom-client';
import type { Attempt } from './domain/attempt.js';
import type { Fact } from './domain/fact.js';
import type { Intent } from './domain/intent.js';
import type { Delivery } from './domain/subscription.js';
import { type Committed, outcomeOf, type Verdict } from './engine/batch.js';
import type { Change } from './storage/store.js';
import { makeTally } from './telemetry-tally.js';

/** From a second to the three days in which deliveries are retried. */
const LAG_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600, 21_600, 86_400, 259_200];

/** More reasons than the catalogues have; a rail that invents codes must not make series. */
const REASONS_MAX = 150;

const PAYMENT = 'intent.';

/** Counts what a commit says of payments, commands and deliveries. */
export function countCommits(registry: Registry): Committed {
  const counters = makeCounters(registry);
  const reasonOf = bounded(REASONS_MAX);
  return (_commands, changes, _tookMs, verdicts) => {
    const seen = changedIn(changes);
    for (const change of changes) {
      if (change.table === 'facts' && change.kind === 'insert') {
        const { type, intentId } = change.row as Fact;
        if (!type.startsWith(PAYMENT)) continue;
        const intent = seen.intents.get(intentId ?? '');
        const attempt = seen.attempts.get(intent?.latestAttempt ?? '');
        const event = type.slice(PAYMENT.length);
        counters.payments(event, intent?.dialect ?? 'none', attempt?.rail ?? 'none');
      } else if (change.table === 'attempts') {
        const { state, decline, rail } = change.row as Attempt;
        const before = (change.before as Attempt | null | undefined)?.state;
        if (state !== 'failed' || before === 'failed' || decline === null) continue;
        counters.declines(rail, reasonOf(decline.declineCode ?? decline.code));
      } else if (change.table === 'deliveries' && change.kind === 'update') {
        const { state, tries, created } = change.row as Delivery;
        const last = tries.at(-1);
        if (state !== 'delivered' || last === undefined) continue;
        // `created` has whole seconds.
        const lag = (last.atMs + last.durationMs) / 1000 - created;
        counters.lag.observe(Math.max(0, lag));
      }
    }
    for (const verdict of verdicts) counters.ended(verdict);
  };
}

function makeCounters(registry: Registry) {
  const payments = makeTally(
    registry,
    'tender_payment_events_total',
    'What happened to payments, by the dialect that made them and the rail of their attempt.',
    ['event', 'dialect', 'rail'],
  );
  const declines = makeTally(
    registry,
    'tender_declines_total',
    'Attempts that were declined, by the reason that their rail gave.',
    ['rail', 'reason'],
  );
  const lag = new Histogram({
    name: 'tender_delivery_lag_seconds',
    help: 'From an event to its delivery, with all tries between; events have whole seconds.',
    buckets: LAG_SECONDS,
    registers: [registry],
  });
  const commands = makeTally(
    registry,
    'tender_commands_total',
    'Commands by how they ended; replayed: answered from their idempotency key.',
    ['outcome'],
    [['done'], ['declined'], ['refused'], ['replayed'], ['broken']],
  );
  const refused = makeTally(
    registry,
    'tender_commands_refused_total',
    'Commands that were refused, by the error of the catalogue.',
    ['reason'],
  );
  const ended = (verdict: Verdict): void => {
    if ('thrown' in verdict) {
      commands('broken');
      return;
    }
    commands(outcomeOf(verdict));
    const { decision } = verdict;
    if (decision?.end === 'refused') refused(decision.failure.failure);
    // A key that was used for something else is refused before anything is decided.
    else if (decision === null && verdict.answer?.replayed !== true) refused('idempotency');
  };
  return { payments, declines, lag, ended };
}

/** The intents and attempts that a commit changed, by their ids. */
function changedIn(changes: readonly Change[]) {
  const intents = new Map<string, Intent>();
  const attempts = new Map<string, Attempt>();
  for (const { table, row } of changes) {
    if (table === 'intents') intents.set(row.id, row as Intent);
    else if (table === 'attempts') attempts.set(row.id, row as Attempt);
  }
  return { intents, attempts };
}

/** Lets so many different values through; what comes later is `other`. */
function bounded(values_max: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= values_max) return 'other';
    known.add(value);
    return value;
  };
}
