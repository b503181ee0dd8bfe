import type { Json, JsonObject } from '../../domain/json.js';
import type { StripeError } from './wire-error.js';

/** Whether a parsed object always has the parameter. */
export type Presence = 'required' | 'optional' | 'defaulted';

/** A rule for one string: its name for the API description, and the test. */
export interface StringFormat {
  readonly name: string;
  /** Rewrites the value before the test, such as to lower case. */
  readonly normalize?: (value: string) => string;
  readonly check: (value: string, param: string) => StripeError | null;
}

/** Which whole numbers an amount may be; each has its own error, see `params-parse.ts`. */
export type AmountRange = 'charge' | 'positive' | 'not_negative' | 'signed';

/** A rule over several parameters of one hash, run when each of them is valid. */
// biome-ignore lint/suspicious/noExplicitAny: the hash's own type is known where it is declared
export type HashCheck = (value: any, param: string) => StripeError | null;

/** What a parameter accepts, as data: the parser and the API description both read it. */
export type ParamSpec =
  | { readonly kind: 'string'; readonly chars_max: number; readonly format: StringFormat | null }
  | {
      readonly kind: 'integer';
      readonly min: number;
      readonly max: number;
      readonly clamp: boolean;
    }
  | { readonly kind: 'amount'; readonly range: AmountRange; readonly reported_as: string | null }
  | { readonly kind: 'boolean'; readonly words: ReadonlySet<string> }
  | { readonly kind: 'enumeration'; readonly values: ReadonlySet<string> }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'open' }
  | { readonly kind: 'array'; readonly of: Param<unknown>; readonly items_max: number }
  | {
      readonly kind: 'hash';
      readonly fields: ReadonlyMap<string, Param<unknown>>;
      readonly required: readonly string[];
      readonly defaulted: readonly string[];
      readonly check: HashCheck | null;
    }
  | { readonly kind: 'either'; readonly text: Param<unknown>; readonly nested: Param<unknown> };

/** A parameter whose parsed value is a `T`. */
export interface Param<T, P extends Presence = Presence> {
  readonly spec: ParamSpec;
  readonly presence: P;
  /** Whether an empty string unsets (parses to null) or is refused. */
  readonly unsettable: boolean;
  readonly fallback?: T;
  /** Only a type: no parameter has it. */
  readonly parsed?: T;
}

export type Fields = Readonly<Record<string, Param<unknown>>>;

/** What a parameter or a schema parses to. */
export type Infer<P> = P extends Param<infer T> ? T : never;

type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K]['presence'] extends 'optional' ? K : never;
}[keyof F];

type Flat<T> = { [K in keyof T]: T[K] } & {};

/** A parsed hash: it has what is required or defaulted, and what was sent. */
export type Parsed<F extends Fields> = Flat<
  { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Infer<F[K]> } & {
    readonly [K in OptionalKeys<F>]?: Infer<F[K]>;
  }
>;

/** The whole of a method's parameters. */
export type Schema<T> = Param<T, 'optional'>;

/** A change of metadata: null clears it, else each key is set, or unset where it has null. */
export type MetadataChange = Readonly<Record<string, string | null>> | null;

type Optional<T> = Param<T, 'optional'>;

function optional<T>(spec: ParamSpec): Optional<T> {
  return { spec, presence: 'optional', unsettable: false };
}

/** Text of at most `chars_max` characters (code points). Stripe's general limit is 5,000. */
export function string(
  options: { chars_max?: number; format?: StringFormat } = {},
): Optional<string> {
  const { chars_max = 5_000, format = null } = options;
  return optional({ kind: 'string', chars_max, format });
}

/** An object's id. Whether the object exists is the engine's to say. */
export function id(): Optional<string> {
  return string();
}

/** A whole number that a double holds exactly. `clamp` moves it into the range, not refuses it. */
export function integer(
  options: { min?: number; max?: number; clamp?: boolean } = {},
): Optional<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER, clamp = false } = options;
  return optional({ kind: 'integer', min, max, clamp });
}

/** Seconds since 1970. */
export function timestamp(): Optional<number> {
  return integer({ min: 0 });
}

/**
 * Minor units of a currency, as Stripe counts them for it.
 * @param reported_as the `param` of an error where Stripe names another than the one sent
 */
export function amount(range: AmountRange, reported_as: string | null = null): Optional<bigint> {
  return optional({ kind: 'amount', range, reported_as });
}

/** `true` or `false`. */
export function boolean(): Optional<boolean> {
  return optional({ kind: 'boolean', words: new Set() });
}

/** `true`, `false`, or one of some words, as `off_session` takes. */
export function booleanOr<const W extends string>(words: readonly W[]): Optional<boolean | W> {
  return optional({ kind: 'boolean', words: new Set<string>(words) });
}

/** One of a closed list; the order is the order of the error's text. */
export function enumeration<const V extends string>(values: readonly V[]): Optional<V> {
  return optional({ kind: 'enumeration', values: new Set<string>(values) });
}

/** Up to 50 keys of 40 characters with values of 500; an empty value unsets its key. */
export function metadata(): Optional<MetadataChange> {
  return { spec: { kind: 'metadata' }, presence: 'optional', unsettable: true };
}

/** A hash that Tender keeps and returns without looking into it. */
export function openHash(): Optional<JsonObject> {
  return optional({ kind: 'open' });
}

/** Any nested value, as plain JSON; for arrays of hashes that are only kept and returned. */
export function openArray(items_max: number): Optional<Json[]> {
  return arrayOf(openHash(), items_max) as Optional<Json[]>;
}

/** `a[]=x` or `a[0]=x`. */
export function arrayOf<T>(of: Param<T>, items_max = 100): Optional<readonly T[]> {
  return optional({ kind: 'array', of, items_max });
}

/** A hash with these fields and no others. */
export function hash<const F extends Fields>(
  fields: F,
  check: ((value: Parsed<F>, param: string) => StripeError | null) | null = null,
): Optional<Parsed<F>> {
  const entries = Object.entries(fields);
  const named = (presence: Presence) =>
    entries.filter(([, field]) => field.presence === presence).map(([name]) => name);
  return optional({
    kind: 'hash',
    fields: new Map(entries),
    required: named('required'),
    defaulted: named('defaulted'),
    check,
  });
}

/** One parameter when it is sent as plain text, another when it is sent nested. */
export function either<A, B>(text: Param<A>, nested: Param<B>): Optional<A | B> {
  return optional({ kind: 'either', text, nested });
}

/** `created=1700000000`, or `created[gte]=…` and its like; in seconds. */
export function rangeQuery() {
  const bounds = { gt: timestamp(), gte: timestamp(), lt: timestamp(), lte: timestamp() };
  return either(timestamp(), hash(bounds));
}

/** Paths of objects to send in full. The view knows which can be. */
export function expand() {
  return arrayOf(string(), 50);
}

/** Must be sent. */
export function required<T>(param: Optional<T>): Param<T, 'required'> {
  return { spec: param.spec, presence: 'required', unsettable: param.unsettable };
}

/** An empty string is allowed and parses to null. */
export function unsettable<T, P extends Presence>(param: Param<T, P>): Param<T | null, P> {
  return { spec: param.spec, presence: param.presence, unsettable: true };
}

/** Parses to `fallback` where it is not sent. */
export function defaulted<T>(param: Optional<T>, fallback: T): Param<T, 'defaulted'> {
  return { spec: param.spec, presence: 'defaulted', unsettable: param.unsettable, fallback };
}
