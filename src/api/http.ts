import type { IncomingHttpHeaders } from 'node:http';

/** A request whose body has arrived whole, within the limits. */
export interface HttpRequest {
  readonly method: string;
  /** The path as sent, percent-encoding included, without the query. */
  readonly path: string;
  /** What follows `?`, as sent; empty when there is none. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly remoteAddress: string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** What follows the body, made while it is sent: for answers that would not fit in memory. */
  readonly more?: AsyncIterable<string>;
}

/** Answers a request. It never rejects for anything that a client can send. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpReply> | HttpReply;

/** A part of the path space and who answers for it. */
export interface Mount {
  /** `/v1/` takes every path below it; a prefix without a final slash takes just that path. */
  readonly prefix: string;
  /** Leaves paths below the prefix to the mounts with shorter ones; absent, it takes all. */
  readonly takes?: (path: string) => boolean;
  readonly handle: HttpHandler;
  /** Called instead of `handle` when the body is too large, in the dialect's own form. */
  readonly tooLarge: (request: Omit<HttpRequest, 'body'>) => HttpReply;
}
