import type { WireObject } from './view/view.js';

/** Defaults that a version changed: what a request means when it leaves something unsaid. */
export type VersionDefault = 'automatic_methods' | 'asynchronous_capture';

/** One change of the API: what is new from a version on, and how what went before is told. */
interface VersionChange {
  /** The first version that has it. */
  readonly version: string;
  readonly what: string;
  /** What requests of this version and later mean by default. */
  readonly brings?: VersionDefault;
  /** Rewrites objects, by their `object`, into the shape that they had before. */
  readonly before?: Readonly<Record<string, (object: WireObject) => WireObject>>;
  /** Lists that were in the object before without being asked for, as `object.field`. */
  readonly embeddedBefore?: readonly string[];
}

function without(field: string): (object: WireObject) => WireObject {
  return ({ [field]: _, ...rest }) => rest;
}

const withInvoice = (object: WireObject): WireObject => ({ ...object, invoice: null });

/**
 * All changes that Tender knows, the newest first: a shape is made by going back from the newest.
 * A request that names a version gets what was true of it; everything else is the same for all.
 */
export const VERSION_CHANGES: readonly VersionChange[] = [
  {
    version: '2026-09-30',
    what: 'intents say in `allowed_payment_method_types` what they were limited to',
    before: {
      payment_intent: without('allowed_payment_method_types'),
      setup_intent: without('allowed_payment_method_types'),
    },
  },
  {
    version: '2025-03-31',
    what: 'payment intents and charges no longer have an `invoice`',
    before: { payment_intent: withInvoice, charge: withInvoice },
  },
  {
    version: '2024-04-10',
    what: '`capture_method` is `automatic_async` unless said otherwise; before, `automatic`',
    brings: 'asynchronous_capture',
  },
  {
    version: '2023-08-16',
    what: 'an intent that names no types takes what the account has on; before, cards',
    brings: 'automatic_methods',
  },
  {
    version: '2022-11-15',
    what: 'payment intents have no `charges`, and charges no `refunds` unless expanded',
    embeddedBefore: ['payment_intent.charges', 'charge.refunds'],
  },
];

/** The date of a version, without its name: dates compare as text. */
export function versionDate(version: string): string {
  return version.slice(0, '2026-10-28'.length);
}

/** Whether a request of this version means this when it says nothing. */
export function hasDefault(version: string, wanted: VersionDefault): boolean {
  const change = VERSION_CHANGES.find(({ brings }) => brings === wanted);
  return change !== undefined && versionDate(version) >= change.version;
}

const EMBEDDED = VERSION_CHANGES.flatMap(({ version, embeddedBefore }) =>
  (embeddedBefore ?? []).map((place) => ({ version, place })),
);

/** Whether an object of this version holds a list without being asked for it. */
export function embeds(version: string, object: string, list: string): boolean {
  const date = versionDate(version);
  return EMBEDDED.some((one) => one.place === `${object}.${list}` && date < one.version);
}

/** An object of the newest shape as a reader of `version` expects it. */
export function atVersion(object: WireObject, version: string): WireObject {
  const date = versionDate(version);
  let shape = object;
  for (const change of VERSION_CHANGES) {
    if (date >= change.version) break;
    const older = change.before?.[shape.object as string];
    if (older !== undefined) shape = older(shape);
  }
  return shape;
}
