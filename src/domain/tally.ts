/** How a try to pay by card ended; `blocked`: by a rule of the merchant's. */
export type TryEnd = 'authorized' | 'declined' | 'blocked';

/** A try: business time in Unix seconds, its end, and the test clock that it lived by. */
export type TallyTry = [at: number, end: TryEnd, clockId: string | null];

/**
 * The newest tries with one card, or of one customer. It is kept only for merchants who have a rule
 * that asks for their number.
 */
export interface Tally {
  account: string;
  id: string;
  /** Wall time of the last try, Unix seconds. */
  changed: number;
  /** Oldest first, of the last day. */
  tries: TallyTry[];
}

/** Tries that are remembered of one card or customer: counts go no further. */
export const TALLY_TRIES_MAX = 1000;

const TRY_KINDS = ['authorized', 'blocked', 'declined', 'total'] as const;
const COUNTED_BY = ['card_number', 'customer'] as const;
const WINDOWS = ['daily', 'hourly'] as const;

type TryKind = (typeof TRY_KINDS)[number];
type Counted = (typeof COUNTED_BY)[number];
type Window = (typeof WINDOWS)[number];
/** What rules can count; the names are those of Stripe's Radar. */
export type CountAttribute = `${TryKind}_charges_per_${Counted}_${Window}`;

export const COUNT_ATTRIBUTES: readonly CountAttribute[] = TRY_KINDS.flatMap((kind) =>
  COUNTED_BY.flatMap((by) =>
    WINDOWS.map((window): CountAttribute => `${kind}_charges_per_${by}_${window}`),
  ),
);

const DAY_SECONDS = 86_400;
const SECONDS: Readonly<Record<Window, number>> = {
  daily: DAY_SECONDS,
  hourly: 3600,
};

/** Whose tries an attribute counts. */
export function countedBy(attribute: CountAttribute): Counted {
  return attribute.includes('_per_customer_') ? 'customer' : 'card_number';
}

/** The id of the tally of a card, by its fingerprint, or of a customer, by the id. */
export function tallyId(by: Counted, value: string): string {
  return `${by}:${value}`;
}

/** The tries of a tally that an attribute counts at `now`, by the clock that says so. */
export function countOf(
  tally: Tally | null,
  attribute: CountAttribute,
  now: number,
  clockId: string | null,
): bigint {
  const [kind = ''] = attribute.split('_');
  const since = now - SECONDS[attribute.endsWith('_hourly') ? 'hourly' : 'daily'];
  const counted = (tally?.tries ?? []).filter(
    ([at, end, clock]) =>
      clock === clockId && at > since && at <= now && (kind === 'total' || kind === end),
  );
  return BigInt(counted.length);
}

/** A tally's tries with one more; what its own clock has left behind goes. */
export function withTry(tries: readonly TallyTry[], next: TallyTry): TallyTry[] {
  const [now, , clockId] = next;
  const kept = tries.filter(([at, , clock]) => clock !== clockId || at > now - DAY_SECONDS);
  return [...kept, next].slice(-TALLY_TRIES_MAX);
}
