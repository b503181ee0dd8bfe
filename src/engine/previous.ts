import type { JsonObject } from '../domain/json.js';

/** The earlier values of a row's fields that differ now, for the fact that tells of the change. */
export function changedFields<Row extends object>(before: Row, after: Row): JsonObject {
  const previous: JsonObject = {};
  for (const [field, value] of Object.entries(before)) {
    const now = (after as Record<string, unknown>)[field];
    // An amount has no JSON: a change of one is told by the fact's own type.
    if (typeof value === 'bigint') continue;
    if (JSON.stringify(value) !== JSON.stringify(now)) previous[field] = value;
  }
  return previous;
}
