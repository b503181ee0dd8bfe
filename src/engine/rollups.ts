import type { Attempt } from '../domain/attempt.js';
import { idTime } from '../domain/id.js';
import {
  type DayTallies,
  FIRST_SEGMENT,
  ROLLUP_PLACE,
  type RollupPlace,
  type RollupSegment,
  recounted,
  talliesOf,
} from '../domain/rollup.js';
import type { Store } from '../storage/store.js';
import { type Command, done } from './command.js';
import type { Work } from './work.js';

/** How far the counts of an account have come. */
export interface RollupState {
  /** All intents have been counted once; false while those from before are being counted. */
  readonly isWhole: boolean;
  /** What happened until then, Unix ms, is counted. */
  readonly asOfMs: number;
  /** Nothing is left to count now. */
  readonly isUpToDate: boolean;
}

export interface RollupDependencies {
  readonly store: Pick<Store, 'capabilities' | 'factsAfter' | 'gather' | 'load' | 'page'>;
  /** Runs a command behind the callers'. */
  readonly background: <T>(command: Command<T>) => Promise<unknown>;
  /** Wall time, Unix ms. */
  readonly nowMs: () => number;
}

/** Counts on for an account, so many steps at most; each counts some segments of intents. */
export type RollUp = (account: string, steps_max: number) => Promise<RollupState>;

/** Intents that are counted anew together: some milliseconds of the main thread. */
export const SEGMENT_INTENTS_MAX = 250;
/** Facts that one step looks at, some two for each intent, and segments that it counts anew. */
const FACTS_MAX = 4_000;
const STEP_SEGMENTS_MAX = 8;
/** Tries read at once; an intent with more is counted with so many. */
const ATTEMPTS_MAX = 5_000;
/**
 * Where processes share the database, a fact may be committed behind one with a later id: for so
 * long facts are looked at again: a batch names its facts before it reads under locks and writes,
 * and each of the two ends within `postgres_statement_timeout_ms`. The rest is for the processes'
 * clocks, which must not be further apart.
 */
const SETTLING_MS = 35_000;
/** Those facts are looked through anew at most so often while more are counted. */
const RESCAN_MS = 5_000;
/** Sorts before all facts. */
const BEFORE_ALL_FACTS = 'fact_';

/**
 * Keeps counts of intents by counting anew the segments in which something has happened since the
 * last time. So a segment may be counted twice, and what was written by half a run is right; the
 * counts, and how far they go, are one commit. What has happened is told by facts in the order of
 * their ids, which no clock moves; only intents are counted, as facts are not kept for ever.
 */
export function makeRollUp(deps: RollupDependencies): RollUp {
  const turns = new Map<string, Promise<unknown>>();
  const progress = new Map<string, Progress>();
  const run: RollUp = async (account, steps_max) => {
    const known: Progress = progress.get(account) ?? { seen: new Set(), scan: null };
    let state = await takeStep(deps, account, known);
    for (let n = 1; n < steps_max && !state.isUpToDate; n++)
      state = await takeStep(deps, account, known);
    // What was committed late meanwhile is found by whoever begins anew.
    if (state.isUpToDate) known.scan = null;
    if (known.seen.size === 0 && known.scan === null) progress.delete(account);
    else progress.set(account, known);
    return state;
  };
  // One after the other: two that count the same segment would do the same work.
  return (account, steps_max) => {
    const turn = (turns.get(account) ?? Promise.resolve()).then(() => run(account, steps_max));
    const quiet = turn.catch(() => {});
    turns.set(account, quiet);
    void quiet.then(() => {
      if (turns.get(account) === quiet) turns.delete(account);
    });
    return turn;
  };
}

/** What this process knows of an account's facts behind its place. */
interface Progress {
  /** Those that it has counted. */
  readonly seen: Set<string>;
  scan: Scan | null;
}

/** A look through them, in the order of their ids. */
interface Scan {
  /** When it began at the place, Unix ms. */
  readonly startMs: number;
  /** So far it has come. */
  readonly after: string;
}

/** The scan to go on with, or a new one. */
function scanFrom({ scan }: Progress, { fact }: RollupPlace, nowMs: number): Scan {
  const ageMs = scan === null ? RESCAN_MS : nowMs - scan.startMs;
  if (scan === null || ageMs < 0 || ageMs >= RESCAN_MS) return { startMs: nowMs, after: fact };
  return scan.after > fact ? scan : { ...scan, after: fact };
}

async function takeStep(
  deps: RollupDependencies,
  account: string,
  progress: Progress,
): Promise<RollupState> {
  const { seen } = progress;
  const place = await readPlace(deps, account);
  if (place === null) return { isWhole: true, asOfMs: deps.nowMs(), isUpToDate: true };
  const isWhole = place.counting === null;
  const asOfMs = idTime(place.fact) ?? 0;
  if (place.counting !== null) {
    await count(deps, place, place.counting);
    return { isWhole, asOfMs, isUpToDate: false };
  }
  const startMs = deps.nowMs();
  const scan = scanFrom(progress, place, startMs);
  const { facts, areAll } = await factsSince(deps, account, scan.after, seen);
  if (facts.every(({ id }) => seen.has(id))) {
    await settle(deps, place, facts, seen, scan.startMs);
    return { isWhole, asOfMs: startMs, isUpToDate: true };
  }
  const { ranges, looked } = await changedSegments(deps, account, facts, seen);
  let current = place;
  for (const { segment } of ranges) {
    const next = await count(deps, current, segment);
    // Another process has counted: what this one has read may be old.
    if (next === null) return { isWhole, asOfMs, isUpToDate: false };
    current = next;
  }
  for (const { id } of looked) seen.add(id);
  progress.scan = { ...scan, after: looked.at(-1)?.id ?? scan.after };
  // All before the last of them was read since the scan began, but not since this step did.
  await settle(deps, current, looked, seen, scan.startMs);
  const countedMs = areAll && looked.length === facts.length ? startMs : asOfMs;
  return { isWhole: current.counting === null, asOfMs: countedMs, isUpToDate: false };
}

interface FactPlace {
  readonly id: string;
  readonly intentId: string | null;
}

/** The facts behind another, to the end of the first read that has one which was not seen yet. */
async function factsSince(
  { store }: RollupDependencies,
  account: string,
  after: string,
  seen: ReadonlySet<string>,
): Promise<{ facts: FactPlace[]; areAll: boolean }> {
  const facts: FactPlace[] = [];
  for (;;) {
    const more = await store.factsAfter(account, facts.at(-1)?.id ?? after, FACTS_MAX);
    facts.push(...more);
    const areAll = more.length < FACTS_MAX;
    if (areAll || more.some(({ id }) => !seen.has(id))) return { facts, areAll };
  }
}

/** Moves the place on to the last fact behind which nothing can come at `nowMs`, Unix ms. */
async function settle(
  deps: RollupDependencies,
  place: RollupPlace,
  facts: readonly FactPlace[],
  seen: Set<string>,
  nowMs: number,
): Promise<void> {
  const isSettled = (id: string): boolean =>
    !deps.store.capabilities.shared || (idTime(id) ?? 0) <= nowMs - SETTLING_MS;
  const settled = facts.findLast(({ id }) => isSettled(id));
  if (settled === undefined) return;
  await deps.background(keep(place, { ...place, fact: settled.id }, null));
  for (const id of seen) if (id <= settled.id) seen.delete(id);
}

/** Where an account's counts are; null where it has no intents. */
async function readPlace(
  { store, nowMs }: RollupDependencies,
  account: string,
): Promise<RollupPlace | null> {
  const { rows } = await store.load([{ table: 'rollup_places', account, id: ROLLUP_PLACE }], []);
  const [stored] = rows as [RollupPlace | null];
  if (stored !== null) return stored;
  const all = { account, conditions: [], limit: 1 } as const;
  const [intent] = await store.page({ table: 'intents', ...all });
  if (intent === undefined) return null;
  const settledAt = Math.floor((nowMs() - SETTLING_MS) / 1000);
  const conditions = store.capabilities.shared
    ? [{ column: 'writtenAt', comparison: 'lte', value: settledAt } as const]
    : [];
  const [newest] = await store.page({ table: 'facts', ...all, conditions });
  const fact = newest?.id ?? BEFORE_ALL_FACTS;
  return { account, id: ROLLUP_PLACE, fact, counting: FIRST_SEGMENT, version: 0 };
}

/** A segment: intents behind its id, up to the id of the next one. */
interface Range {
  readonly segment: string;
  readonly next: string | null;
}

/** The segments of the intents that facts are about; so many facts as concern few segments. */
async function changedSegments(
  { store }: RollupDependencies,
  account: string,
  facts: readonly FactPlace[],
  seen: ReadonlySet<string>,
): Promise<{ ranges: Range[]; looked: readonly FactPlace[] }> {
  const ranges: Range[] = [];
  for (const [at, { id, intentId }] of facts.entries()) {
    if (intentId === null || seen.has(id)) continue;
    if (
      ranges.some(({ segment, next }) => intentId > segment && (next === null || intentId <= next))
    )
      continue;
    if (ranges.length === STEP_SEGMENTS_MAX) return { ranges, looked: facts.slice(0, at) };
    const all = { table: 'rollup_segments', account, conditions: [], limit: 1 } as const;
    const [found] = await store.page({ ...all, olderThan: intentId });
    const segment = found?.id ?? FIRST_SEGMENT;
    const [next] = await store.page({ ...all, newerThan: segment });
    ranges.push({ segment, next: next?.id ?? null });
  }
  return { ranges, looked: facts };
}

/** Counts a segment anew; answers the place as it then is, null where another has moved it. */
async function count(
  deps: RollupDependencies,
  place: RollupPlace,
  segment: string,
): Promise<RollupPlace | null> {
  const { store } = deps;
  const { account } = place;
  const all = { account, newerThan: segment } as const;
  const [following] = await store.page({
    table: 'rollup_segments',
    ...all,
    conditions: [],
    limit: 1,
  });
  const end = following?.id ?? null;
  const newestFirst = await store.page({
    table: 'intents',
    ...all,
    conditions: end === null ? [] : [{ column: 'id', comparison: 'lte', value: end }],
    limit: SEGMENT_INTENTS_MAX + 1,
  });
  const read = newestFirst.toReversed();
  const intents = read.slice(0, SEGMENT_INTENTS_MAX);
  // What is too much begins a segment of its own, which is counted next.
  const begun = read.length > intents.length ? (intents.at(-1)?.id ?? null) : null;
  const attempts = await attemptsOf(
    deps,
    account,
    intents.map(({ id }) => id),
  );
  const days = talliesOf(intents, attempts);
  // In a count of all that goes on to the next segment, whether it was there or is begun here.
  const goesOn = place.counting === segment ? (begun ?? end) : earlier(begun, place.counting);
  const after = { ...place, counting: goesOn };
  const isKept = await deps.background(keep(place, after, { segment, days, begun }));
  return isKept === true ? { ...after, version: place.version + 1 } : null;
}

function earlier(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a < b ? a : b;
}

/** All tries to pay the intents. */
async function attemptsOf(
  deps: RollupDependencies,
  account: string,
  intents: readonly string[],
): Promise<Attempt[]> {
  if (intents.length === 0) return [];
  const request = { table: 'attempts', account, column: 'intent', values: intents } as const;
  const found = await deps.store.gather({ ...request, limit: ATTEMPTS_MAX });
  if (found.length < ATTEMPTS_MAX || intents.length === 1) return found;
  const half = Math.ceil(intents.length / 2);
  const first = await attemptsOf(deps, account, intents.slice(0, half));
  return [...first, ...(await attemptsOf(deps, account, intents.slice(half)))];
}

interface Recount {
  readonly segment: string;
  readonly days: DayTallies;
  /** The segment that begins where this one is full. */
  readonly begun: string | null;
}

/** Writes a new place, with a segment's new count; false where the place was moved meanwhile. */
function keep(before: RollupPlace, after: RollupPlace, recount: Recount | null): Command<boolean> {
  const { account } = before;
  return {
    account,
    needs: (need) => {
      need('rollup_places', ROLLUP_PLACE);
      if (recount === null) return;
      need('rollup_segments', recount.begun);
      const known = need('rollup_segments', recount.segment);
      for (const day of Object.keys({ ...known?.days, ...recount.days })) need('rollups', day);
    },
    decide: (work) => {
      const stored = work.get('rollup_places', ROLLUP_PLACE);
      if ((stored?.version ?? 0) !== before.version) return done(false);
      const place = { ...after, version: before.version + 1 };
      if (stored === null) work.insert('rollup_places', place);
      else work.update('rollup_places', place);
      if (recount !== null) write(work, recount);
      return done(true);
    },
  };
}

function write(work: Work, { segment, days, begun }: Recount): void {
  const account = work.accountId;
  const known = work.get('rollup_segments', segment);
  const row: RollupSegment = { account, id: segment, days };
  if (known === null) work.insert('rollup_segments', row);
  else if (JSON.stringify(known.days) !== JSON.stringify(days)) work.update('rollup_segments', row);
  if (begun !== null && work.get('rollup_segments', begun) === null)
    work.insert('rollup_segments', { account, id: begun, days: {} });
  for (const day of Object.keys({ ...known?.days, ...days })) {
    const stored = work.get('rollups', day);
    const tally = recounted(stored?.tally ?? {}, known?.days[day] ?? {}, days[day] ?? {});
    if (stored === null) work.insert('rollups', { account, id: day, tally });
    else if (JSON.stringify(stored.tally) !== JSON.stringify(tally))
      work.update('rollups', { account, id: day, tally });
  }
}

/** Has all intents of an account counted anew: for whoever writes some without facts. */
export function countAnew(account: string): Command<null> {
  return {
    account,
    needs: (need) => void need('rollup_places', ROLLUP_PLACE),
    decide: (work) => {
      const place = work.get('rollup_places', ROLLUP_PLACE);
      if (place !== null) {
        const version = place.version + 1;
        work.update('rollup_places', { ...place, counting: FIRST_SEGMENT, version });
      }
      return done(null);
    },
  };
}
