import type { Need, Rows, RowTypes, TableName } from '../../engine/command.js';
import { type AnyKind, CUSTOMER, type EmbeddedList, type Kind } from './objects.js';
import { embeds } from './versions.js';
import type { View, WireObject } from './view/view.js';
import { invalidRequest, type StripeError } from './wire-error.js';

/** How deep `expand[]` may reach. */
export const EXPAND_LEVELS_MAX = 4;

/** Refunds shown inside an expanded charge. */
const EMBEDDED_REFUNDS_MAX = 10;

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
  const behind = kindsBehind(kind, field);
  return behind.length === 0 || behind.some((next) => addPath(next, inner, rest, version));
}

/** The kinds that a field may lead to; none where it is always empty. */
function kindsBehind(kind: AnyKind, field: string): readonly AnyKind[] {
  const list = kind.lists?.[field];
  if (list !== undefined) return [list.kind()];
  const next = kind.links[field];
  return next ? (next.kinds?.() ?? [next.kind(null)]) : [];
}

/** Adds the lists that objects of an older version hold without being asked. */
function addEmbedded(kind: AnyKind, tree: Expansion, version: string): void {
  for (const [field, list] of Object.entries(kind.lists ?? {})) {
    if (!embeds(version, kind.object, field)) continue;
    const inner = tree.get(field) ?? new Map();
    tree.set(field, inner);
    addEmbedded(list.kind(), inner, version);
  }
  for (const [field, inner] of tree)
    if (kind.lists?.[field] === undefined)
      for (const next of kindsBehind(kind, field)) addEmbedded(next, inner, version);
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

/** The kinds behind the fields of an expansion, at every depth. */
export function* expandedKinds(kind: AnyKind, tree: Expansion): Generator<AnyKind> {
  for (const [field, inner] of tree)
    for (const next of kindsBehind(kind, field)) {
      yield next;
      yield* expandedKinds(next, inner);
    }
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
