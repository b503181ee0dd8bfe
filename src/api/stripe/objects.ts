import type { Need, Rows, RowTypes, TableName } from '../../engine/command.js';
import { embeds } from './versions.js';
import { balanceTransactionView } from './view/balance.js';
import { chargeView } from './view/charge.js';
import { customerView } from './view/customer.js';
import { paymentIntentView } from './view/payment-intent.js';
import { paymentMethodView } from './view/payment-method.js';
import { refundView } from './view/refund.js';
import { tokenView } from './view/token.js';
import type { View, WireObject } from './view/view.js';
import { webhookDeliveryView } from './view/webhook-delivery.js';
import { webhookEndpointView } from './view/webhook-endpoint.js';
import { invalidRequest, type StripeError } from './wire-error.js';

/** How deep `expand[]` may reach. */
export const EXPAND_LEVELS_MAX = 4;

/** Refunds shown inside an expanded charge. */
const EMBEDDED_REFUNDS_MAX = 10;

// biome-ignore lint/suspicious/noExplicitAny: a link leads to a kind whose row type it names itself
type AnyKind = Kind<any>;

/** A field that can be expanded: the kind behind it, and the id in the row. */
interface Link<T extends TableName> {
  kind(row: RowTypes[T] | null): AnyKind;
  id(row: RowTypes[T]): string | null;
}

/** An object of the wire: its table, its view, and what `expand[]` may name on it. */
export interface Kind<T extends TableName> {
  readonly object: string;
  readonly table: T;
  render(row: RowTypes[T], rows: Rows, view: View): WireObject;
  /** Rows that rendering itself reads. */
  also?(row: RowTypes[T], need: Need): void;
  /** Null: expandable in Stripe's words, and always empty here. */
  readonly links: Readonly<Record<string, Link<T> | null>>;
  /** Lists inside the object, absent unless expanded. */
  readonly lists?: Readonly<Record<string, EmbeddedList<T>>>;
}

interface EmbeddedList<T extends TableName> {
  readonly kind: () => AnyKind;
  readonly column: string;
  readonly url: (row: RowTypes[T]) => string;
  /** Only there for readers whose version had it in the object unasked. */
  readonly past?: true;
}

function link<T extends TableName>(
  kind: () => AnyKind,
  id: (row: RowTypes[T]) => string | null,
): Link<T> {
  return { kind, id };
}

export const PAYMENT_INTENT: Kind<'intents'> = {
  object: 'payment_intent',
  table: 'intents',
  render: (row, _rows, view) => paymentIntentView(row, view),
  links: {
    application: null,
    customer: link(
      () => CUSTOMER,
      (row) => row.customer,
    ),
    latest_charge: link(
      () => CHARGE,
      (row) => row.latestAttempt,
    ),
    on_behalf_of: null,
    payment_method: link(
      () => PAYMENT_METHOD,
      (row) => row.method,
    ),
    payment_record: null,
    review: null,
    source: null,
    transfer_data: null,
    processing: null,
  },
  lists: {
    charges: {
      kind: () => CHARGE,
      column: 'intent',
      url: (row) => `/v1/charges?payment_intent=${row.id}`,
      past: true,
    },
  },
};

export const CHARGE: Kind<'attempts'> = {
  object: 'charge',
  table: 'attempts',
  render: (row, _rows, view) => chargeView(row, view),
  links: {
    application: null,
    application_fee: null,
    balance_transaction: link(
      () => BALANCE_TRANSACTION,
      (row) => row.transfer,
    ),
    customer: link(
      () => CUSTOMER,
      (row) => row.customer,
    ),
    dispute: null,
    failure_balance_transaction: null,
    invoice: null,
    on_behalf_of: null,
    payment_intent: link(
      () => PAYMENT_INTENT,
      (row) => row.intent,
    ),
    review: null,
    source_transfer: null,
    transfer: null,
    transfer_data: null,
  },
  lists: {
    refunds: {
      kind: () => REFUND,
      column: 'attempt',
      url: (row) => `/v1/charges/${row.id}/refunds`,
    },
  },
};

export const REFUND: Kind<'refunds'> = {
  object: 'refund',
  table: 'refunds',
  render: (row, rows, view) => refundView(row, rows.get('attempts', row.attempt), view),
  also: (row, need) => void need('attempts', row.attempt),
  links: {
    balance_transaction: link(
      () => BALANCE_TRANSACTION,
      (row) => row.transfer,
    ),
    charge: link(
      () => CHARGE,
      (row) => row.attempt,
    ),
    failure_balance_transaction: null,
    payment_intent: link(
      () => PAYMENT_INTENT,
      (row) => row.intent,
    ),
    source_transfer_reversal: null,
    transfer_reversal: null,
  },
};

export const PAYMENT_METHOD: Kind<'methods'> = {
  object: 'payment_method',
  table: 'methods',
  render: (row, _rows, view) => paymentMethodView(row, view),
  links: {
    customer: link(
      () => CUSTOMER,
      (row) => row.customer,
    ),
  },
};

export const CUSTOMER: Kind<'customers'> = {
  object: 'customer',
  table: 'customers',
  render: (row, _rows, view) => customerView(row, view),
  links: {
    default_source: null,
    'invoice_settings.default_payment_method': link(
      () => PAYMENT_METHOD,
      (row) => row.defaultMethod,
    ),
    sources: null,
    subscriptions: null,
    tax: null,
    tax_ids: null,
    test_clock: null,
    cash_balance: null,
    discount: null,
  },
};

export const BALANCE_TRANSACTION: Kind<'transfers'> = {
  object: 'balance_transaction',
  table: 'transfers',
  render: (row, _rows, view) => balanceTransactionView(row, view),
  links: {
    source: {
      kind: (row) => (row?.kind === 'refund' ? REFUND : CHARGE),
      id: (row) => row.source,
    },
  },
};

export const TOKEN: Kind<'tokens'> = {
  object: 'token',
  table: 'tokens',
  render: (row, _rows, view) => tokenView(row, view),
  links: {},
};

export const WEBHOOK_ENDPOINT: Kind<'subscriptions'> = {
  object: 'webhook_endpoint',
  table: 'subscriptions',
  render: (row, _rows, view) => webhookEndpointView(row, null, view),
  links: {},
};

export const WEBHOOK_DELIVERY: Kind<'deliveries'> = {
  object: 'webhook_delivery',
  table: 'deliveries',
  render: (row) => webhookDeliveryView(row),
  links: {},
};

/** Paths of `expand[]` as a tree: field → what to expand inside it. */
export type Expansion = Map<string, Expansion>;

/** Own fields only: a client may ask for `constructor`, which every object inherits. */
function isField({ object, links, lists }: AnyKind, name: string, version: string): boolean {
  if (Object.hasOwn(links, name)) return true;
  if (lists === undefined || !Object.hasOwn(lists, name)) return false;
  return lists[name]?.past !== true || embeds(version, object, name);
}

/** Links whose field is inside another object take two segments of a path. */
function splitPath(
  kind: AnyKind,
  segments: string[],
  version: string,
): [field: string, rest: string[]] | null {
  const [first, second] = segments;
  if (first === undefined) return null;
  if (isField(kind, first, version)) return [first, segments.slice(1)];
  const joined = `${first}.${second}`;
  return isField(kind, joined, version) ? [joined, segments.slice(2)] : null;
}

function addPath(kind: AnyKind, tree: Expansion, segments: string[], version: string): boolean {
  if (segments.length === 0) return true;
  const split = splitPath(kind, segments, version);
  if (split === null) return false;
  const [field, rest] = split;
  let inner = tree.get(field);
  if (inner === undefined) {
    inner = new Map();
    tree.set(field, inner);
  }
  const list = kind.lists?.[field];
  if (list !== undefined)
    return rest[0] === 'data'
      ? addPath(list.kind(), inner, rest.slice(1), version)
      : rest.length === 0;
  const next = kind.links[field];
  return next ? addPath(next.kind(null), inner, rest, version) : true;
}

/** Adds the lists that objects of an older version hold without being asked. */
function addEmbedded(kind: AnyKind, tree: Expansion, version: string): void {
  for (const [field, list] of Object.entries(kind.lists ?? {})) {
    if (!embeds(version, kind.object, field)) continue;
    const inner = tree.get(field) ?? new Map();
    tree.set(field, inner);
    addEmbedded(list.kind(), inner, version);
  }
  for (const [field, inner] of tree) {
    const next = kind.links[field];
    if (next) addEmbedded(next.kind(null), inner, version);
  }
}

/**
 * Reads `expand[]` for a kind, `data.` in front for lists. The error names the first segment only,
 * as the live API does.
 */
export function parseExpansion(
  kind: AnyKind | null,
  paths: readonly string[],
  isList: boolean,
  version: string,
): { ok: true; tree: Expansion } | { ok: false; error: StripeError } {
  const tree: Expansion = new Map();
  for (const path of paths) {
    const segments = path.split('.');
    const levels = isList ? segments.length - 1 : segments.length;
    if (levels > EXPAND_LEVELS_MAX) return { ok: false, error: invalidRequest(tooDeep(path)) };
    const inList = isList && segments[0] === 'data';
    const inner = inList ? segments.slice(1) : segments;
    if (isList && !inList) return { ok: false, error: notExpandable(segments[0] ?? '', true) };
    if (kind === null || !addPath(kind, tree, inner, version))
      return { ok: false, error: notExpandable(inner[0] ?? '', false) };
  }
  if (kind !== null) addEmbedded(kind, tree, version);
  return { ok: true, tree };
}

function tooDeep(path: string): string {
  return (
    `You cannot expand more than ${EXPAND_LEVELS_MAX} levels of a property at once. ` +
    `Property: ${path.slice(0, 200)}`
  );
}

function notExpandable(field: string, isList: boolean): StripeError {
  const name = field.slice(0, 200);
  const hint = isList ? ` You may want to try expanding 'data.${name}' instead.` : '';
  return invalidRequest(`This property cannot be expanded (${name}).${hint}`);
}

/** Names the rows that rendering an object with its expansions reads. */
export function needObject<T extends TableName>(
  kind: Kind<T>,
  row: RowTypes[T],
  tree: Expansion,
  need: Need,
): void {
  kind.also?.(row, need);
  for (const [field, inner] of tree) {
    const list = kind.lists?.[field];
    if (list !== undefined) {
      const rows = need.list(list.kind().table, list.column, row.id);
      for (const one of rows ?? []) needObject(list.kind(), one, inner, need);
      continue;
    }
    const next = kind.links[field];
    if (!next) continue;
    const child = need(next.kind(row).table, next.id(row));
    if (child) needObject(next.kind(row), child, inner, need);
  }
}

/** Renders an object with its expansions; every row was loaded before. */
export function renderObject<T extends TableName>(
  kind: Kind<T>,
  row: RowTypes[T],
  tree: Expansion,
  rows: Rows,
  view: View,
): WireObject {
  const object = kind.render(row, rows, view);
  for (const [field, inner] of tree) {
    const list = kind.lists?.[field];
    if (list !== undefined) {
      // A browser sees no charges, in whatever version it asks.
      if (view.publishable) continue;
      object[field] = embeddedList(list, row, inner, rows, view);
      continue;
    }
    const next = kind.links[field];
    const id = next?.id(row) ?? null;
    if (!next || id === null || (!field.includes('.') && !(field in object))) continue;
    // A browser may know whose method it is, and nothing else about the customer.
    if (view.publishable && next.kind(row) === CUSTOMER) continue;
    const child = rows.get(next.kind(row).table, id);
    if (child !== null)
      setField(object, field, renderObject(next.kind(row), child, inner, rows, view));
  }
  return object;
}

function setField(object: WireObject, field: string, value: WireObject): void {
  const [first, second] = field.split('.') as [string, string?];
  if (second === undefined) object[first] = value;
  else object[first] = { ...(object[first] as WireObject), [second]: value };
}

function embeddedList<T extends TableName>(
  list: EmbeddedList<T>,
  row: RowTypes[T],
  inner: Expansion,
  rows: Rows,
  view: View,
): WireObject {
  const kind = list.kind();
  const all = rows.list(kind.table, list.column, row.id).toReversed();
  const shown = all.slice(0, EMBEDDED_REFUNDS_MAX);
  return {
    object: 'list',
    data: shown.map((one) => renderObject(kind, one, inner, rows, view)),
    has_more: all.length > shown.length,
    total_count: all.length,
    url: list.url(row),
  };
}
