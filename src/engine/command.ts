import type { Account } from '../domain/account.js';
import type { Failure } from '../domain/errors.js';
import type { RowTypes, TableName } from '../storage/schema.js';
import type { Work } from './work.js';

export interface Need {
  /**
   * Asks for a row of the command's account, and reads it: `undefined` until it is loaded (it is
   * asked again in the next round), null when there is none.
   */
  <T extends TableName>(table: T, id: string | null | undefined): RowTypes[T] | null | undefined;
  /** Asks for a short list: the rows whose indexed column has a value, oldest first. */
  list<T extends TableName>(table: T, column: string, value: string): RowTypes[T][] | undefined;
  /** Tells of a card whose row is not stored: a number as typed, or the name of a test card. */
  card?(text: string): void;
  /** Asks for rows of another account, which `Work.of` then decides over. */
  of(account: string): Need;
}

/** A pure decision over loaded rows. It may be run again, so it must do nothing else. */
export interface Command<T> {
  readonly account: string;
  /** Names the rows that `decide` reads. Called again until it names nothing new. */
  needs(need: Need): void;
  decide(work: Work): Decision<T>;
}

/**
 * How a decision ends. `done` and `declined` keep their changes (a decline's attempt and events
 * are changes); `refused` keeps none.
 */
export type Decision<T> =
  | { readonly end: 'done'; readonly value: T }
  | { readonly end: 'declined'; readonly failure: Failure }
  | { readonly end: 'refused'; readonly failure: Failure };

export function done<T>(value: T): Decision<T> {
  return { end: 'done', value };
}

export function refused(failure: Failure): Decision<never> {
  return { end: 'refused', failure };
}

export function declined(failure: Failure): Decision<never> {
  return { end: 'declined', failure };
}

/** The command, decided only where `check` finds no failure. */
export function checked<T>(command: Command<T>, check: (work: Work) => Failure | null): Command<T> {
  return {
    ...command,
    decide: (work) => {
      const fault = check(work);
      return fault === null ? command.decide(work) : refused(fault);
    },
  };
}

/** Read access to rows that are loaded, of one account: what decisions and renderers see. */
export interface Rows {
  /** The row, or null. Throws when the command did not ask for it: a programming error. */
  get<T extends TableName>(table: T, id: string): RowTypes[T] | null;
  /** The rows of a list that was asked for, oldest first. */
  list<T extends TableName>(table: T, column: string, value: string): RowTypes[T][];
  /** The merchant's settings, the defaults where none were stored. */
  account(): Account;
}

/** An answer as it is sent and kept: the same bytes for a first sending and a replay. */
export interface Rendered {
  readonly status: number;
  readonly body: string;
}

/** What a dialect adds to a command: who asks, what to answer, and what must not happen twice. */
export interface Call<T> {
  readonly account: string;
  readonly requestId: string;
  readonly idempotency: IdempotencyClaim | null;
  /** Rows that rendering reads beyond the decision's own, asked in the same rounds. */
  alsoNeeds?(need: Need): void;
  render(decision: Decision<T>, rows: Rows): Rendered;
}

/** What must not happen twice. */
export interface IdempotencyClaim {
  /** What the answer is kept by, in the account: whoever has it is given that answer. */
  readonly key: string;
  /** What the caller sent, where `key` says more than that: facts tell this. */
  readonly sent?: string;
  readonly path: string;
  /** Keyed digest of the parameters. */
  readonly digest: string;
  /** The answer tells a secret that is stored sealed, and so it is kept sealed, too. */
  readonly isSecret?: boolean;
}

/** The answer to a call. */
export interface Answer extends Rendered {
  readonly replayed: boolean;
  /** The request that first got this answer. */
  readonly originalRequestId: string;
}

export type { RowTypes, TableName };
