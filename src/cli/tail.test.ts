import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MerchantApi } from './merchant-api.js';
import { watchEvents } from './tail.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A server's list of events, in the order of their ids, and how many it was asked for. */
function serverWith(ids: string[]) {
  let answered = 0;
  const stripe = async (_method: string, _path: string, filter: object): Promise<unknown> => {
    const { ending_before: after, limit } = filter as {
      readonly ending_before?: string;
      readonly limit: number;
    };
    const all = ids.toSorted();
    const nearest = all.filter((id) => after !== undefined && id > after).slice(0, limit);
    const data = (after === undefined ? all.slice(-limit) : nearest).reverse();
    answered += data.length;
    return { data: data.map((id) => ({ id }) as Stripe.Event) };
  };
  const watch = watchEvents({ stripe } as Pick<MerchantApi, 'stripe'>, ids.at(-1));
  return {
    ids,
    next: async () => (await watch()).map(({ id }) => id),
    answered: () => answered,
  };
}

describe('the events that tail shows', () => {
  test('are each shown once, in their order', async () => {
    const { ids, next } = serverWith(['evt_1']);
    expect(await next()).toEqual([]);
    ids.push('evt_2', 'evt_3');
    expect(await next()).toEqual(['evt_2', 'evt_3']);
    expect(await next()).toEqual([]);
    ids.push('evt_4');
    expect(await next()).toEqual(['evt_4']);
  });

  test('are shown when one is committed behind the newest, up to five seconds later', async () => {
    const { ids, next } = serverWith(['evt_1']);
    ids.push('evt_2', 'evt_5');
    await next();
    vi.advanceTimersByTime(4_999);
    ids.push('evt_4');
    expect(await next()).toEqual(['evt_4']);
    vi.advanceTimersByTime(1);
    await next();
    ids.push('evt_3');
    expect(await next()).toEqual([]);
  });

  test('are all shown where there are more than a page, and read again only one page', async () => {
    const { ids, next, answered } = serverWith([]);
    expect(await next()).toEqual([]);
    ids.push('evt_0');
    expect(await next()).toEqual(['evt_0']);
    const many = Array.from({ length: 1_234 }, (_, i) => `evt_${1_000 + i}`);
    ids.push(...many);
    expect(await next()).toEqual(many);
    const before = answered();
    expect(await next()).toEqual([]);
    expect(answered() - before).toBe(100);
  });
});
