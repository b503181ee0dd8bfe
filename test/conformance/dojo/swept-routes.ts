import type { Route } from '../../../src/api/dojo/route.js';
import { ROUTES } from '../../../src/api/dojo/routes.js';
import type { Answer, DojoShop, Fixture, SentHeaders } from './client.js';
import { type Objects, ROUTE_FIXTURES, type RouteFixture } from './route-fixtures.js';

/** A route with what it is called with. */
export interface Swept {
  readonly name: string;
  readonly route: Route;
  readonly called: RouteFixture;
}

export const SWEPT: readonly Swept[] = ROUTES.map((route) => {
  const name = `${route.method} ${route.path}`;
  return { name, route, called: ROUTE_FIXTURES[name] ?? {} };
});

/** The routes that fit, each with its name for a test's title. */
export const titled = (fits: (route: Route) => boolean = () => true) =>
  SWEPT.filter(({ route }) => fits(route)).map((swept) => [swept.name, swept] as const);

/** What one call has that others have not. */
export interface Call {
  readonly as?: DojoShop;
  readonly objects?: Objects;
  readonly headers?: SentHeaders;
  readonly body?: unknown;
}

function pathOf({ path }: Route, objects: Objects): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(objects[name] ?? ''));
}

/** What it is called with. */
export function bodyOf({ body }: RouteFixture, objects: Objects): unknown {
  return typeof body === 'function' ? body(objects) : body;
}

/** Makes what the route needs, and a way to call it: so that it succeeds unless more is said. */
export async function prepare({ newShop }: Fixture, { route, called }: Swept) {
  const shop = newShop();
  const own = (await called.objects?.(shop)) ?? {};
  const sent = bodyOf(called, own);
  const call = ({ as = shop, objects = own, headers, ...more }: Call = {}): Promise<Answer> => {
    const path = pathOf(route, objects);
    const all = { ...called.headers?.(own), ...headers };
    const body = 'body' in more ? more.body : sent;
    switch (route.method) {
      case 'GET':
        return as.dojo.get(path, all);
      case 'DELETE':
        return as.dojo.del(path, all);
      case 'POST':
        return as.dojo.post(path, body, all);
      case 'PUT':
        return as.dojo.put(path, body, all);
      case 'PATCH':
        return as.dojo.patch(path, body, all);
    }
  };
  return { shop, own, call };
}
