import { describe, expect, test } from 'vitest';
import type { Mount } from './api/http.js';
import { describeApis } from './dialects.js';
import { makeRouteFinder } from './telemetry-routes.js';

const mount = (prefix: string): Mount => ({
  prefix,
  handle: () => ({ status: 200, headers: {}, body: '' }),
  tooLarge: () => ({ status: 413, headers: {}, body: '' }),
});

const routeOf = makeRouteFinder(describeApis);

describe('the route of a request', () => {
  test.each([
    ['stripe', '/v1/', '/v1/payment_intents', '/v1/payment_intents'],
    ['stripe', '/v1/', '/v1/payment_intents/pi_1/confirm', '/v1/payment_intents/{id}/confirm'],
    // A part that is written out comes before one that stands for a name.
    ['stripe', '/v1/', '/v1/payment_intents/search', '/v1/payment_intents/search'],
    ['dojo', '/payment-intents/', '/payment-intents/pi_x/captures', expect.stringContaining('{')],
    ['stripe', '/v1/', '/v1/payment_intents/pi_1/whatever', 'other'],
    ['stripe', '/v1/', '/v1/', 'other'],
    ['stripe', '/v1/', '/v1/constructor/__proto__', 'other'],
    ['docs', '/docs/', '/docs/a/b/c', '/docs/'],
    ['none', '/readyz', '/readyz', '/readyz'],
  ])('%s: below %s, %s is %s', (dialect, prefix, path, route) => {
    expect(routeOf(dialect, mount(prefix), path)).toEqual(route);
  });

  test('of what nobody answers for is none', () => {
    expect(routeOf('none', null, '/anything')).toBe('none');
  });

  test('of every described operation is its own path', () => {
    for (const { name, operations } of describeApis())
      for (const { path } of operations) {
        const asked = path.replaceAll(/\{\w+\}/g, 'x_1');
        expect(routeOf(name, mount('/'), asked), path).toBe(path);
      }
  });
});
