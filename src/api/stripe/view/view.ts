import type { Json } from '../../../domain/json.js';

/** What rendering depends on besides the object. */
export interface View {
  readonly livemode: boolean;
  /** The reader holds a publishable key: some fields are not for the browser. */
  readonly publishable: boolean;
  /** Business time, Unix seconds. */
  readonly now: number;
  /** Where links point to, without a final slash. */
  readonly publicUrl: string;
  /** The id that the reader knows the account by. */
  readonly accountId: string;
  /** The reader's version of the API, which decides the shape; see `versions.ts`. */
  readonly version: string;
}

/** An object as the wire has it. */
export type WireObject = { [field: string]: Json | undefined };

/** An amount on the wire; beyond what a double holds exactly it would be a lie, so it throws. */
export function wireAmount(amount: bigint): number {
  const value = Number(amount);
  if (!Number.isSafeInteger(value)) throw new Error(`amount ${amount} does not fit the wire`);
  return value;
}

/** Drops null fields: error objects leave out what they do not know. */
export function withoutNulls(object: WireObject): WireObject {
  const kept = Object.entries(object).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept);
}
