import { expect, test } from 'vitest';
import type { Engine } from '../../../engine/engine.js';
import type { StripeRequest } from '../request.js';
import { SEARCH_ROUTES } from './search.js';

/** A request over an engine whose searches end as given. */
function requestOver(engine: Pick<Engine, 'search' | 'count'>): StripeRequest {
  const request = { engine, account: 'acct_1', view: { version: '2026-10-28' } };
  return { ...request, access: { identity: {} } } as unknown as StripeRequest;
}

const [intents] = SEARCH_ROUTES;
const query = 'metadata["a"]:"b" -amount>5 metadata["note"]~"abc"';

test('a search that found nothing in its time is refused, not shown as an empty page', async () => {
  const engine = {
    search: async () => ({ rows: [], next: 'pi_1', complete: false }),
    count: async () => null,
  };
  await expect(intents?.handle({ query, limit: 10 }, requestOver(engine))).rejects.toMatchObject({
    error: {
      status: 400,
      param: 'query',
      message:
        'Too many objects would have to be read one by one before the first that matches. Make ' +
        '`-amount>…`, `metadata["note"]~…` narrower by a clause that an index answers, combined ' +
        'with `AND`: metadata["key"]:"value", customer:"cus_…" or, for customers, email:"value".',
    },
  });
});

test('a total_count that cannot be made out in time is refused', async () => {
  const engine = {
    search: async () => ({ rows: [], next: 'pi_1', complete: true }),
    count: async () => null,
  };
  const sent = { query, limit: 10, expand: ['total_count'] };
  await expect(intents?.handle(sent, requestOver(engine))).rejects.toMatchObject({
    error: { message: expect.stringMatching(/to make out the total_count\. Make `-amount>…`, /) },
  });
});
