import { declineMessage } from '../../domain/decline-messages.js';
import { LEDGER } from '../../domain/ledger.js';
import { type Counted, dayName, readTallyName, type Tally } from '../../domain/rollup.js';
import { intentRows } from './intents.js';
import { type AdminRequest, numberOf } from './request.js';
import { type Route, reading } from './route.js';
import type { Overview } from './schema.js';

const DAYS_DEFAULT = 30;
const DAYS_MAX = 366;
const SECONDS_PER_DAY = 86_400;
/** So that what was just paid is in it; the rest of the counting is the job's. */
const STEPS_MAX = 4;
const RECENT_ROWS = 10;
const REASONS_MAX = 10;

/** A day, and what was counted of its intents. */
interface Day {
  readonly day: string;
  readonly counts: readonly (readonly [Counted, bigint])[];
}

function dayNames(now: number, days: number): string[] {
  const today = Math.floor(now / SECONDS_PER_DAY);
  return Array.from({ length: days }, (_, at) =>
    dayName((today - days + 1 + at) * SECONDS_PER_DAY),
  );
}

function readTally(tally: Tally): Day['counts'] {
  return Object.entries(tally).map(([name, value]) => [readTallyName(name), BigInt(value)]);
}

/** Amounts are of one currency, the account's; of the others only the counts are in it. */
function figuresOf({ day, counts }: Day, currency: string): Overview['days'][number] {
  const figures = { volume: 0, created: 0, confirmed: 0, succeeded: 0, refunded: 0 };
  for (const [counted, value] of counts) {
    if (counted.kind !== 'measure') continue;
    const { measure } = counted;
    const isMoney = measure === 'captured' || measure === 'refunded';
    if (isMoney && counted.currency !== currency) continue;
    figures[measure === 'captured' ? 'volume' : measure] += Number(value);
  }
  return { day, ...figures };
}

function declinesOf(days: readonly Day[]): Overview['declines'] {
  const counts = new Map<string, number>();
  for (const [counted, value] of days.flatMap((day) => day.counts)) {
    if (counted.kind !== 'decline') continue;
    const reason = declineMessage(counted.code, counted.declineCode);
    counts.set(reason, (counts.get(reason) ?? 0) + Number(value));
  }
  const declines = [...counts].map(([reason, count]) => ({ reason, count }));
  return declines.sort((a, b) => b.count - a.count).slice(0, REASONS_MAX);
}

/**
 * The least value at or below which a part of all lie, nearest rank; 0 where there are none. The
 * steps are values, ascending, with how many have each.
 */
export function percentile(
  steps: readonly (readonly [value: number, count: number])[],
  part: number,
): number {
  let left = Math.ceil(part * steps.reduce((sum, [, count]) => sum + count, 0));
  for (const [value, count] of steps) {
    left -= count;
    if (count > 0 && left <= 0) return value;
  }
  return 0;
}

function timeToPay(days: readonly Day[]): Overview['timeToPay'] {
  const counts = new Map<number, number>();
  for (const [counted, value] of days.flatMap((day) => day.counts))
    if (counted.kind === 'paid') {
      const { withinSeconds } = counted;
      counts.set(withinSeconds, (counts.get(withinSeconds) ?? 0) + Number(value));
    }
  if (counts.size === 0) return null;
  const steps = [...counts].sort(([a], [b]) => a - b);
  return {
    p50: percentile(steps, 0.5),
    p90: percentile(steps, 0.9),
    p99: percentile(steps, 0.99),
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
function mainCurrency(days: readonly Day[], own: string): string {
  const counts = new Map<string, bigint>();
  for (const [counted, value] of days.flatMap((day) => day.counts))
    if (counted.kind === 'measure' && counted.measure === 'created')
      counts.set(counted.currency, (counts.get(counted.currency) ?? 0n) + value);
  return [...counts].sort(([, a], [, b]) => (a < b ? 1 : -1))[0]?.[0] ?? own;
}

async function overview(request: AdminRequest): Promise<Overview> {
  const { deps, engine, account, query } = request;
  const asked = numberOf(query, 'days', 1, DAYS_MAX) ?? DAYS_DEFAULT;
  const { isWhole, isUpToDate, asOfMs } = await engine.rollUp(account, STEPS_MAX);
  const settings = await engine.read(
    account,
    () => undefined,
    (rows) => rows.account(),
  );
  const now = Math.floor(engine.nowMs() / 1000) + settings.clockAheadSeconds;
  const names = dayNames(now, asked);
  const days = await engine.read(
    account,
    (need) => {
      for (const day of names) need('rollups', day);
    },
    (rows) =>
      names.map((day): Day => ({ day, counts: readTally(rows.get('rollups', day)?.tally ?? {}) })),
  );
  const currency = mainCurrency(days, settings.currency);
  const recent = await engine.page({
    table: 'intents',
    account,
    conditions: [],
    limit: RECENT_ROWS,
  });
  const figures = days.map((day) => figuresOf(day, currency));
  return {
    currency,
    examined: figures.reduce((sum, { created }) => sum + created, 0),
    isWhole,
    asOfMs: isUpToDate ? null : asOfMs,
    days: figures,
    declines: declinesOf(days),
    timeToPay: timeToPay(days),
    balances: await balancesOf(request),
    recent: await intentRows(deps, engine, account, recent),
  };
}

export const OVERVIEW_ROUTES: readonly Route[] = [
  reading('/overview', 'How it goes: volume, success, declines, time to pay', overview),
];
