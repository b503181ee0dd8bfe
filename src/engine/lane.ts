import type { Fact } from '../domain/fact.js';
import type { Delivery, DeliveryTry, Subscription } from '../domain/subscription.js';

/** A delivery that this process has claimed, and until when. */
export interface Claimed {
  readonly delivery: Delivery;
  readonly leaseEndMs: number;
  /** What it tells of, where that is read ahead; null where it is read when its turn comes. */
  readonly fact: Promise<Fact | null> | null;
}

/** A subscription as last read from the store; `row` is null when there is none. */
export interface Endpoint {
  readonly row: Subscription | null;
  readonly readAtMs: number;
  /** Opened with the first message, for all that are sent while this is fresh. */
  secret: string | null;
}

/** What one process knows of one subscription while there is something to send to it. */
export interface Lane {
  readonly account: string;
  readonly subscription: string;
  /** Claimed and not yet started, in order. */
  waiting: Claimed[];
  /** When each try that is on its way was started, oldest first; a monotonic clock's ms. */
  readonly started: Map<string, number>;
  /** The store may hold more that is due. */
  due: boolean;
  claiming: boolean;
  /** How many tries may be on their way at once, by how the last ones went. */
  window: number;
  /** How many to claim: few where little is known, so that a dead endpoint's fill no memory. */
  claim: number;
  /** Its last answer took long, or never came. */
  slow: boolean;
  endpoint: Endpoint | null;
  reading: Promise<void> | null;
  usedAtMs: number;
}

/** An answer within this time keeps an endpoint among the quick ones. */
export const QUICK_ANSWER_MS = 1000;

/** How many deliveries one claim takes at most. */
export const CLAIM_MAX = 256;

export function newLane(account: string, subscription: string): Lane {
  return {
    account,
    subscription,
    waiting: [],
    started: new Map(),
    due: false,
    claiming: false,
    window: 1,
    claim: 1,
    slow: false,
    endpoint: null,
    reading: null,
    usedAtMs: 0,
  };
}

/** Slow lanes share a part of the sockets; a try that hangs makes its lane slow before it ends. */
export function isSlow({ slow, started }: Lane, nowMs: number): boolean {
  if (slow) return true;
  const [oldestMs] = started.values();
  return oldestMs !== undefined && nowMs - oldestMs > QUICK_ANSWER_MS;
}

/**
 * Learns from a try: the window opens twofold with each quick answer, whatever it says, and closes
 * when none comes. An endpoint that takes its time keeps what it has.
 */
export function learn(
  lane: Lane,
  { status, durationMs }: Pick<DeliveryTry, 'status' | 'durationMs'>,
  windowMax: number,
): void {
  lane.slow = status === null || durationMs > QUICK_ANSWER_MS;
  if (status === null) {
    lane.window = 1;
    lane.claim = 1;
  } else if (!lane.slow) {
    lane.window = Math.min(windowMax, lane.window * 2);
    lane.claim = Math.min(CLAIM_MAX, lane.claim * 2);
  }
}

/** Whether to claim more now, so that the next are there before the last has been started. */
function wantsClaim(lane: Lane, waiting: number): boolean {
  return lane.due && !lane.claiming && waiting < lane.claim / 2;
}

/** Whether nothing is left to do for it. */
export function isIdle({ waiting, started, due, claiming }: Lane): boolean {
  return waiting.length === 0 && started.size === 0 && !due && !claiming;
}

/** What may be begun now. */
export interface Turns {
  /** Whose next delivery is started; a lane may come several times. */
  readonly starts: Lane[];
  /** Whose next deliveries are claimed. */
  readonly claims: Lane[];
}

/**
 * Gives out places, one at a time to whoever has the fewest, in turn. Lanes that are slow get at
 * most half of all places, so that hundreds of dead endpoints leave the other half to the living.
 */
export function pickTurns(lanes: readonly Lane[], places: number, nowMs: number): Turns {
  const turns = lanes.map((lane) => ({ lane, slow: isSlow(lane, nowMs), places: 0, starts: 0 }));
  let free = places;
  let slowFree = Math.ceil(places / 2);
  const take = (slow: boolean, count: number): void => {
    free -= count;
    if (slow) slowFree -= count;
  };
  for (const { lane, slow } of turns) take(slow, lane.started.size);
  const starts: Lane[] = [];
  let open = turns;
  for (let level = 0; open.length > 0 && free > 0; level++)
    open = open.filter((turn) => {
      const { lane, slow } = turn;
      const inFlight = lane.started.size + turn.places;
      if (inFlight > level) return true;
      if (free <= 0 || (slow && slowFree <= 0) || inFlight >= lane.window) return false;
      const waits = turn.starts < lane.waiting.length;
      // A place is kept for what is being claimed, so that it need not wait for one as well.
      if (!waits && !lane.due && !lane.claiming) return false;
      turn.places++;
      take(slow, 1);
      if (!waits) return false;
      turn.starts++;
      starts.push(lane);
      return true;
    });
  const claims = turns
    .filter(({ lane, places, starts }) => {
      // Ahead only for the living: what a slow lane holds claimed, nobody else can send.
      const served = places > 0 || (!lane.slow && lane.started.size > 0);
      return served && wantsClaim(lane, lane.waiting.length - starts);
    })
    .map(({ lane }) => lane);
  return { starts, claims };
}
