import { type Attributes, context } from '@opentelemetry/api';
import type { StreamHandler } from './api/desk.js';
import { withoutSecrets } from './api/desk.js';
import type { HttpReply, Mount } from './api/http.js';
import { scrubText } from './logger.js';
import { noteFailure, type Tracing } from './telemetry.js';
import { KNOWN_METHODS, type RouteFinder } from './telemetry-routes.js';

/** Adds spans to what answers requests. */
export interface HttpTracing {
  mount(mount: Mount, dialect: string): Mount;
  streams(streams: StreamHandler): StreamHandler;
}

/** @param scheme of all requests, as this server is spoken to */
export function makeHttpTracing(
  tracing: Tracing,
  routeOf: RouteFinder,
  scheme: 'http' | 'https',
): HttpTracing {
  const serve = (
    { method, headers }: { method?: string; headers: Readonly<Record<string, unknown>> },
    path: string,
    more: Attributes & { 'http.route'?: string },
  ) => {
    // As semantic conventions have it: another is `_OTHER`, and its span `HTTP`.
    const known = KNOWN_METHODS.has(method ?? '');
    const verb = known ? `${method}` : 'HTTP';
    const route = more['http.route'];
    const attributes = {
      'http.request.method': known ? `${method}` : '_OTHER',
      'url.scheme': scheme,
      'url.path': scrubText(withoutSecrets(path)),
      ...more,
    };
    return tracing.served(headers, route === undefined ? verb : `${verb} ${route}`, { attributes });
  };
  return {
    mount: (mount, dialect) => ({
      ...mount,
      handle: async (request) => {
        const route = routeOf(dialect, mount, request.path);
        const more = { 'http.route': route, 'tender.dialect': dialect };
        const { span, context: own } = serve(request, request.path, more);
        try {
          const reply: HttpReply = await context.with(own, () => mount.handle(request));
          span.setAttribute('http.response.status_code', reply.status);
          if (reply.status >= 500) noteFailure(span, String(reply.status));
          return reply;
        } catch (error) {
          noteFailure(span, '500');
          throw error;
        } finally {
          span.end();
        }
      },
    }),
    // A call of a stream lasts as long as its answer is open.
    streams: (streams) => ({
      takes: (path) => streams.takes(path),
      handle: (request, response, remoteAddress) => {
        const [path = ''] = (request.url ?? '').split('?');
        const asked = { method: request.method ?? '', headers: request.headers };
        const { span, context: own } = serve(asked, path, { 'tender.dialect': 'code' });
        response.once('close', () => {
          span.setAttribute('http.response.status_code', response.statusCode);
          span.end();
        });
        context.with(own, () => streams.handle(request, response, remoteAddress));
      },
    }),
  };
}
