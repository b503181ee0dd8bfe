import type { DojoReply, DojoRequest } from './request.js';
import type { Shape } from './schema/shape.js';
import type { Version } from './versions.js';

/** One row of the dialect's table of routes: everything that is known of an operation. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `:name` stands for one segment. */
  readonly path: string;
  /** The operation's name in the published description; empty for what is not described there. */
  readonly operation: string;
  /**
   * Who may call it: `key`: the merchant's secret key; `customer`: the customer's secret in the
   * key's place; `nobody`: whoever knows the path, which then holds a capability.
   */
  readonly by: 'key' | 'customer' | 'nobody';
  /** null: it takes no body. */
  readonly body: Shape<unknown> | null;
  /** The version that it came with. */
  readonly since: Version;
  /** Card machines' operations demand to know whose till software calls. */
  readonly isTerminal: boolean;
  /** What of the original it matches beyond its fields, and what deviates: for COMPAT.md. */
  readonly matches: string;
  readonly deviates: string;
  handle(request: DojoRequest, body: unknown): Promise<DojoReply>;
}

type Options = Partial<
  Pick<Route, 'operation' | 'by' | 'since' | 'isTerminal' | 'matches' | 'deviates'>
>;

/** Makes a row whose handler gets the body as its shape reads it. */
export function route<T>(
  method: Route['method'],
  path: string,
  body: Shape<T> | null,
  handle: (request: DojoRequest, body: T) => Promise<DojoReply>,
  options: Options = {},
): Route {
  return {
    method,
    path,
    operation: '',
    by: 'key',
    since: '2022-04-07',
    isTerminal: false,
    matches: '',
    deviates: '',
    ...options,
    body,
    handle: handle as Route['handle'],
  };
}
