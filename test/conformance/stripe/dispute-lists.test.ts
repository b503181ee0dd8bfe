import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { answer, charged, disputed } from './disputed-payments.js';
import { failure, useTender } from './shop.js';

const fixture = useTender();

describe('disputes are read', () => {
  test('in pages, newest first, by charge, payment and age', async () => {
    const { stripe } = fixture.newShop();
    const made: Stripe.Dispute[] = [];
    for (let i = 0; i < 3; i++) made.unshift(await disputed(stripe));
    const [newer, middle, older] = made as [Stripe.Dispute, Stripe.Dispute, Stripe.Dispute];
    const ids = (page: Stripe.ApiList<Stripe.Dispute>) => page.data.map(({ id }) => id);
    const first = await stripe.disputes.list({ limit: 2 });
    expect(ids(first)).toEqual([newer.id, middle.id]);
    expect(first).toMatchObject({ has_more: true, url: '/v1/disputes' });
    expect(first).not.toHaveProperty('count');
    const second = await stripe.disputes.list({ limit: 2, starting_after: middle.id });
    expect(ids(second)).toEqual([older.id]);
    expect(ids(await stripe.disputes.list({ ending_before: older.id }))).toEqual(ids(first));
    const all = await stripe.disputes.list({ limit: 1 }).autoPagingToArray({ limit: 10 });
    expect(all.map(({ id }) => id)).toEqual([newer.id, middle.id, older.id]);
    const ofCharge = await stripe.disputes.list({ charge: middle.charge as string });
    expect(ofCharge).toMatchObject({ count: 1, data: [{ id: middle.id }] });
    expect(await stripe.disputes.list({ charge: 'ch_none' })).toMatchObject({ count: 0, data: [] });
    const payment_intent = older.payment_intent as string;
    expect(ids(await stripe.disputes.list({ payment_intent }))).toEqual([older.id]);
    expect(ids(await stripe.disputes.list({ created: { gt: newer.created } }))).toEqual([]);
    const lost = failure(stripe.disputes.list({ starting_after: 'du_none' }));
    expect(await lost).toMatchObject({
      status: 400,
      code: 'resource_missing',
      param: 'starting_after',
      message: "No such dispute: 'du_none'",
    });
  });

  test('and expanded, and expanded from their charges', async () => {
    const { stripe } = fixture.newShop();
    const { id, charge } = await disputed(stripe);
    const full = await stripe.disputes.retrieve(id, {
      expand: ['charge.balance_transaction', 'payment_intent'],
    });
    expect(full.charge).toMatchObject({ id: charge, balance_transaction: { amount: 10_000 } });
    expect(full.payment_intent).toMatchObject({ object: 'payment_intent', status: 'succeeded' });
    const from = await stripe.charges.retrieve(charge as string, { expand: ['dispute'] });
    expect(from).toMatchObject({ disputed: true, dispute: { id, object: 'dispute' } });
    const listed = await stripe.disputes.list({ expand: ['data.charge'] });
    expect(listed.data[0]?.charge).toMatchObject({ disputed: true });
    expect(await failure(stripe.disputes.retrieve(id, { expand: ['evidence'] }))).toMatchObject({
      message: 'This property cannot be expanded (evidence).',
    });
    const closed = await stripe.disputes.close(id, { expand: ['charge'] });
    expect(closed.charge).toMatchObject({ object: 'charge', id: charge });
    const undisputed = await charged(stripe, 'visa');
    expect(undisputed.disputed).toBe(false);
    expect(undisputed).not.toHaveProperty('dispute');
  });

  test('where there are none, in the words of the live API', async () => {
    const { stripe } = fixture.newShop();
    const missing = {
      status: 404,
      code: 'resource_missing',
      param: 'dispute',
      message: "No such dispute: 'du_none'",
    };
    expect(await failure(stripe.disputes.retrieve('du_none'))).toMatchObject(missing);
    expect(await failure(stripe.disputes.close('du_none'))).toMatchObject(missing);
    expect(await failure(stripe.disputes.update('du_none', answer('x')))).toMatchObject(missing);
    const other = fixture.newShop();
    const { id } = await disputed(other.stripe);
    expect((await failure(stripe.disputes.retrieve(id))).status).toBe(404);
  });

  test('and answered below their charge, as of old', async () => {
    const { stripe } = fixture.newShop();
    const { id, charge } = await disputed(stripe);
    const call = (method: 'GET' | 'POST', path: string, params?: object) =>
      stripe.rawRequest(method, path, params as never) as unknown as Promise<Stripe.Dispute>;
    const path = `/v1/charges/${charge}/dispute`;
    expect(await call('GET', path)).toMatchObject({ id, status: 'needs_response' });
    expect(await call('POST', path, answer('I did.'))).toMatchObject({ status: 'under_review' });
    expect(await call('POST', `${path}/close`)).toMatchObject({ id, status: 'lost' });
    const { id: undisputed } = await charged(stripe, 'visa');
    for (const [method, rest] of [
      ['GET', ''] as const,
      ['POST', ''] as const,
      ['POST', '/close'] as const,
    ])
      expect(await failure(call(method, `/v1/charges/${undisputed}/dispute${rest}`))).toMatchObject(
        {
          status: 404,
          message: `No dispute for charge: ${undisputed}`,
        },
      );
    expect(await failure(call('GET', '/v1/charges/ch_none/dispute'))).toMatchObject({
      status: 404,
      code: 'resource_missing',
      param: 'id',
    });
  });
});
