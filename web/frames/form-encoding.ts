/** Parameters of an API call as a tree. */
export type Tree = { readonly [name: string]: unknown };

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lays `above` over `below`, hash by hash; what is undefined or null above covers nothing. */
export function laidOver(below: Tree, above: Tree): Tree {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const old = below[name];
    if (isTree(value)) merged[name] = laidOver(isTree(old) ? old : {}, value);
    else if (value !== undefined && value !== null) merged[name] = value;
  }
  return merged;
}

/** A tree as `application/x-www-form-urlencoded`: `card[number]=…&list[0]=…`. */
export function formEncoded(tree: Tree): string {
  const pairs = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    if (typeof value !== 'object') pairs.append(name, String(value));
    else for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner);
  };
  for (const [name, value] of Object.entries(tree)) add(name, value);
  return pairs.toString();
}
