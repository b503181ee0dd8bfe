import type { Mount } from './api/http.js';
import type { ApiDescription } from './api/openapi.js';

/** One part of a path, and what may follow it. */
interface Node {
  readonly parts: Map<string, Node>;
  /** What follows a part that stands for a name. */
  any: Node | null;
  route: string | null;
}

/** Anything else that a client can invent would be a label of its own, without end. */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
]);

/** Finds the route of a request: of a known few, whatever its path is. */
export type RouteFinder = (dialect: string, mount: Mount | null, path: string) => string;

/**
 * The routes of what the dialects tell of themselves. A path is led to the template that it
 * fits, `/v1/refunds/{id}`; to `other` where its dialect has none; to its mount's prefix where
 * that has no description; to `none` where nobody answers for it. So there are never more routes
 * than the program has, which is what labels of metrics and names of spans must be.
 * @param describe asked once, at the first request: it takes some milliseconds
 */
export function makeRouteFinder(describe: () => readonly ApiDescription[]): RouteFinder {
  let tries: ReadonlyMap<string, Node> | null = null;
  return (dialect, mount, path) => {
    if (mount === null) return 'none';
    tries ??= new Map(describe().map((api) => [api.name, trieOf(api)]));
    const trie = tries.get(dialect);
    if (trie === undefined || !mount.prefix.endsWith('/')) return mount.prefix;
    return routeIn(trie, path.split('/'), 1) ?? 'other';
  };
}

function newNode(): Node {
  return { parts: new Map(), any: null, route: null };
}

function trieOf({ operations }: ApiDescription): Node {
  const root = newNode();
  for (const { path } of operations) {
    let node = root;
    for (const part of path.split('/').slice(1)) {
      if (part.startsWith('{')) {
        node.any ??= newNode();
        node = node.any;
      } else {
        const next = node.parts.get(part) ?? newNode();
        node.parts.set(part, next);
        node = next;
      }
    }
    node.route = path;
  }
  return root;
}

/** A part that is written out comes before one that stands for a name. */
function routeIn(node: Node, parts: readonly string[], at: number): string | null {
  const part = parts[at];
  if (part === undefined) return node.route;
  const next = node.parts.get(part);
  const found = next === undefined ? null : routeIn(next, parts, at + 1);
  return found ?? (node.any === null ? null : routeIn(node.any, parts, at + 1));
}
