/** Parameters of an API call as a tree. */
export interface Params {
  readonly [name: string]: unknown;
}

/**
 * A tree as the API takes it: `a[b]=c`, arrays with their places, null as an empty text. What is
 * undefined is left out.
 */
export function encodeForm(params: Params): string {
  const form = new URLSearchParams();
  append(form, '', params);
  return form.toString();
}

function append(form: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  if (value === null || typeof value !== 'object') {
    form.append(name, value === null ? '' : String(value));
    return;
  }
  for (const [key, part] of Object.entries(value))
    append(form, name === '' ? key : `${name}[${key}]`, part);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Two trees as one; where both have a value, the second's holds. */
export function merged(below: Params, above: Params): Params {
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) continue;
    const old = result[key];
    const both = isPlain(old) && isPlain(value);
    result[key] = both ? merged(old, value) : value;
  }
  return result;
}

function isPlain(value: unknown): value is Params {
  return isObject(value) && !Array.isArray(value);
}

/** The text of a property, or null. */
export function textOf(object: Params | null | undefined, key: string): string | null {
  const value = object?.[key];
  return typeof value === 'string' ? value : null;
}
