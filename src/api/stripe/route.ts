import type { Param, Schema } from './params.js';
import type { StripeReply, StripeRequest } from './request.js';

/** One row of the dialect's table of routes: everything that is known of a method. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `:name` stands for one segment. */
  readonly path: string;
  readonly schema: Param<unknown>;
  /** A publishable key is enough. */
  readonly publishable: boolean;
  /** What of the original it matches beyond its parameters, and what deviates: for COMPAT.md. */
  readonly matches: string;
  readonly deviates: string;
  handle(params: unknown, request: StripeRequest): Promise<StripeReply>;
}

/** Makes a row whose handler gets the parameters as its schema parses them. */
export function route<T>(
  method: Route['method'],
  path: string,
  schema: Schema<T>,
  handle: (params: T, request: StripeRequest) => Promise<StripeReply>,
  options: Partial<Pick<Route, 'publishable' | 'matches' | 'deviates'>> = {},
): Route {
  return {
    method,
    path,
    schema,
    publishable: false,
    matches: '',
    deviates: '',
    ...options,
    handle: handle as Route['handle'],
  };
}
