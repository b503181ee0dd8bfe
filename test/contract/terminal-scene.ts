import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Intent } from '../../src/domain/intent.js';
import type { TerminalSession } from '../../src/domain/terminal.js';
import { terminalsOf } from '../../src/engine/card-machines.js';
import type { Jobs } from '../../src/engine/jobs.js';
import { createTerminalSession, type TaskInput } from '../../src/engine/terminals.js';
import type { RowTypes, TableName } from '../../src/storage/schema.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { startTestJobs } from '../support/jobs.js';
import { ACCOUNT, create, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';

/** The card machines of the tests' account, each by what it does. */
export const [CONTACTLESS, CHIP, SIGNATURE, REFUSES, UNSUPPORTED, OFFLINE] = terminalsOf(
  ACCOUNT,
).map(({ id }) => id) as [string, string, string, string, string, string];

export const sale = (intent: string, isAway = false): TaskInput => ({
  kind: 'sale',
  intent,
  isHolderAway: () => isAway,
});

export const matched = (intent: string, amount: bigint | null = null): TaskInput => ({
  kind: 'matched_refund',
  intent,
  amount,
});

export const UNLINKED: TaskInput = {
  kind: 'unlinked_refund',
  amount: 700n,
  currency: 'gbp',
  holderNotPresent: false,
};

/** A till with its card machines, over a fresh store for each test. */
export interface Till {
  readonly made: TestEngine;
  readonly jobs: Jobs;
  /** Begins anew, over a fresh store. */
  begin(): Promise<void>;
  /** Another process goes on over the same store. */
  takeOver(): Promise<void>;
  rows<T extends TableName>(table: T): Promise<RowTypes[T][]>;
  /** Moves the clock on, and runs what became due. */
  wait(seconds: number): Promise<void>;
  /** So many seconds, one by one. */
  steps(count: number): Promise<void>;
  start(terminal: string, task: TaskInput): Promise<TerminalSession>;
  /** Begins a session and lets the card machine come to its end. */
  through(terminal: string, task: TaskInput): Promise<TerminalSession>;
  session(id: string): Promise<TerminalSession>;
  intent(id: string): Promise<Intent>;
  unpaid(): Promise<Intent>;
}

/** Opens a store for the file, and a till for each of its tests; none may log an error. */
export function useTill(): Till {
  const current: { made?: TestEngine; jobs?: Jobs; store?: TestStore } = {};
  const standing = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('there is a till only within a test');
    return value;
  };
  beforeAll(async () => {
    current.store = await openTestStore();
  });
  beforeEach(() => till.begin());
  afterEach(async () => {
    await till.jobs.stop();
    expect(till.made.logged).toEqual([]);
  });
  afterAll(() => current.store?.close());

  const till: Till = {
    get made() {
      return standing(current.made);
    },
    get jobs() {
      return standing(current.jobs);
    },
    begin: async () => {
      current.made = makeTestEngine(await standing(current.store).fresh());
      current.jobs = startTestJobs(current.made);
    },
    takeOver: async () => {
      await till.jobs.stop();
      current.made = makeTestEngine(till.made.store, { clock: till.made.clock });
      current.jobs = startTestJobs(current.made);
    },
    rows: (table) => till.made.store.scan(table, null, 200),
    wait: async (seconds) => {
      till.made.clock.advance(seconds);
      await till.jobs.runDue();
    },
    steps: async (count) => {
      for (let i = 0; i < count; i++) await till.wait(1);
    },
    start: (terminal, task) =>
      run(till.made.engine, createTerminalSession(ACCOUNT, terminal, task)),
    through: async (terminal, task) => {
      const { id } = await till.start(terminal, task);
      await till.steps(12);
      return till.session(id);
    },
    session: async (id) => named(await till.rows('terminal_sessions'), id),
    intent: async (id) => named(await till.rows('intents'), id),
    unpaid: () => run(till.made.engine, create()),
  };
  return till;
}

function named<T extends { id: string }>(rows: readonly T[], id: string): T {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw new Error(`there is no ${id}`);
  return row;
}
