import type { OperatorRole } from '../../domain/operator.js';
import type { HttpReply } from '../http.js';
import type { AdminRequest } from './request.js';

/** One call of the admin API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/admin/v1`; `:name` stands for one part. */
  readonly path: string;
  /** The least that may call it. */
  readonly role: OperatorRole;
  /** In a few words, for whoever reads a list of the calls. */
  readonly summary: string;
  /** Throws AdminRefusal where it cannot be done. */
  readonly handle: (request: AdminRequest) => Promise<object>;
}

/** An answer that is a file to keep, not JSON. */
export class FileReply {
  readonly reply: HttpReply;
  constructor(reply: HttpReply) {
    this.reply = reply;
  }
}

/** A call that only reads, which every role may. */
export function reading(path: string, summary: string, handle: Route['handle']): Route {
  return { method: 'GET', path, role: 'viewer', summary, handle };
}

/** A call that changes something. */
export function changing(
  role: OperatorRole,
  path: string,
  summary: string,
  handle: Route['handle'],
): Route {
  return { method: 'POST', path, role, summary, handle };
}

/** What stands for each name of a route's path; null where the path is another. */
export function matched(route: string, path: string): Record<string, string> | null {
  const wanted = route.split('/');
  const parts = path.split('/');
  if (wanted.length !== parts.length) return null;
  const named: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const own = parts[at] ?? '';
    if (part.startsWith(':')) named[part.slice(1)] = decoded(own);
    else if (part !== own) return null;
  }
  return named;
}

/** A part as it was meant; one that is no percent-encoding is as good as unknown. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
