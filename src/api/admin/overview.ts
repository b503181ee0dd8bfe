import type { Attempt } from '../../domain/attempt.js';
import { declineMessage } from '../../domain/decline-messages.js';
import type { Intent } from '../../domain/intent.js';
import { LEDGER } from '../../domain/ledger.js';
import type { Engine } from '../../engine/engine.js';
import { intentRows } from './intents.js';
import { type AdminRequest, numberOf } from './request.js';
import { type Route, reading } from './route.js';
import type { Overview } from './schema.js';

const DAYS_DEFAULT = 30;
const DAYS_MAX = 366;
const SECONDS_PER_DAY = 86_400;
/** Payments that are looked at, so that the page comes as fast with a million stored. */
const EXAMINED_MAX = 5_000;
const STEP_ROWS = 500;
/** Payments of which the time to pay is measured: each takes its attempt to be read. */
const TIMED_MAX = 500;
const RECENT_ROWS = 10;
const REASONS_MAX = 10;

/** The newest intents since a moment of business time, and whether they are all. */
async function readNewest(
  engine: Engine,
  account: string,
  since: number,
): Promise<{ intents: Intent[]; isWhole: boolean }> {
  const intents: Intent[] = [];
  const conditions = [{ column: 'created', comparison: 'gte', value: since }] as const;
  for (;;) {
    const last = intents.at(-1);
    const page = await engine.page({
      table: 'intents',
      account,
      conditions,
      limit: STEP_ROWS,
      ...(last === undefined ? {} : { olderThan: last.id }),
    });
    intents.push(...page);
    if (page.length < STEP_ROWS) return { intents, isWhole: true };
    if (intents.length >= EXAMINED_MAX) return { intents, isWhole: false };
  }
}

function dayNames(now: number, days: number): string[] {
  const today = Math.floor(now / SECONDS_PER_DAY);
  return Array.from({ length: days }, (_, at) => nameOf((today - days + 1 + at) * SECONDS_PER_DAY));
}

/** A UTC day as `2026-11-21`. */
function nameOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** Amounts are of one currency, the account's; of the others only the counts are in it. */
function daysOf(
  intents: readonly Intent[],
  currency: string,
  names: readonly string[],
): Overview['days'] {
  const days = new Map(
    names.map((day) => [
      day,
      { day, volume: 0, created: 0, confirmed: 0, succeeded: 0, refunded: 0 },
    ]),
  );
  for (const intent of intents) {
    const day = days.get(nameOf(intent.created));
    if (day === undefined) continue;
    day.created += 1;
    // Who was asked to act, or whose bank was asked, has confirmed.
    const isTried = intent.latestAttempt !== null || intent.lastError !== null;
    if (isTried || intent.challenge !== null || intent.asks !== null) day.confirmed += 1;
    if (intent.captured > 0n) day.succeeded += 1;
    if (intent.currency !== currency) continue;
    day.volume += Number(intent.captured);
    day.refunded += Number(intent.refunded);
  }
  return [...days.values()];
}

function declinesOf(intents: readonly Intent[]): Overview['declines'] {
  const counts = new Map<string, number>();
  for (const { lastError } of intents) {
    if (lastError === null) continue;
    const reason = declineMessage(lastError.code, lastError.declineCode);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const declines = [...counts].map(([reason, count]) => ({ reason, count }));
  return declines.sort((a, b) => b.count - a.count).slice(0, REASONS_MAX);
}

/** The value below which a part of the sorted values lie: nearest rank. */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

async function timeToPay(
  { engine, account }: AdminRequest,
  intents: readonly Intent[],
): Promise<Overview['timeToPay']> {
  const paid = intents.filter(({ captured }) => captured > 0n).slice(0, TIMED_MAX);
  if (paid.length === 0) return null;
  const seconds = await engine.read(
    account,
    (need) => {
      for (const { latestAttempt } of paid) need('attempts', latestAttempt);
    },
    (rows) =>
      paid.flatMap(({ created, latestAttempt }) => {
        const attempt: Attempt | null =
          latestAttempt === null ? null : rows.get('attempts', latestAttempt);
        return attempt === null ? [] : [attempt.created - created];
      }),
  );
  const sorted = seconds.sort((a, b) => a - b);
  return {
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p99: percentile(sorted, 0.99),
  };
}

async function balancesOf({ engine, account }: AdminRequest): Promise<Overview['balances']> {
  const sums = new Map<string, { available: number; pending: number }>();
  for (const { ledgerAccount, currency, posted } of await engine.balances(account)) {
    const isSettling = ledgerAccount.startsWith(`${LEDGER.available}:`);
    if (ledgerAccount !== LEDGER.available && !isSettling) continue;
    const sum = sums.get(currency) ?? { available: 0, pending: 0 };
    sum[isSettling ? 'pending' : 'available'] += Number(posted);
    sums.set(currency, sum);
  }
  return [...sums].map(([currency, sum]) => ({ currency, ...sum }));
}

/** The currency that most of the payments have; of none, the account's own. */
function mainCurrency(intents: readonly Intent[], own: string): string {
  const counts = new Map<string, number>();
  for (const { currency } of intents) counts.set(currency, (counts.get(currency) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? own;
}

async function overview(request: AdminRequest): Promise<Overview> {
  const { deps, engine, account, query } = request;
  const days = numberOf(query, 'days', 1, DAYS_MAX) ?? DAYS_DEFAULT;
  const settings = await engine.read(
    account,
    () => undefined,
    (rows) => rows.account(),
  );
  const now = Math.floor(engine.nowMs() / 1000) + settings.clockAheadSeconds;
  const since = (Math.floor(now / SECONDS_PER_DAY) - days + 1) * SECONDS_PER_DAY;
  const { intents, isWhole } = await readNewest(engine, account, since);
  const currency = mainCurrency(intents, settings.currency);
  const recent = await engine.page({
    table: 'intents',
    account,
    conditions: [],
    limit: RECENT_ROWS,
  });
  return {
    currency,
    examined: intents.length,
    isWhole,
    days: daysOf(intents, currency, dayNames(now, days)),
    declines: declinesOf(intents),
    timeToPay: await timeToPay(request, intents),
    balances: await balancesOf(request),
    recent: await intentRows(deps, engine, account, recent),
  };
}

export const OVERVIEW_ROUTES: readonly Route[] = [
  reading('/overview', 'How it goes: volume, success, declines, time to pay', overview),
];
