import { describe, expect, test } from 'vitest';
import { CONFIRMATION_SECONDS, type Confirmation } from '../../src/domain/confirmation.js';
import {
  type ConfirmationInput,
  createConfirmation,
  waysOf,
  wishesOf,
} from '../../src/engine/confirmations.js';
import { confirmIntent } from '../../src/engine/intents.js';
import { useTestEngine } from '../support/engine-suite.js';
import { ACCOUNT, create, fail, PLAIN_CONFIRM, run } from '../support/payments.js';

const made = useTestEngine();

const input = (over: Partial<ConfirmationInput> = {}): ConfirmationInput => ({
  method: 'pm_card_visa',
  methodData: null,
  returnUrl: null,
  futureUsage: null,
  shipping: null,
  mandate: null,
  methodOptions: null,
  makesDefault: false,
  inClient: false,
  ...over,
});
const entered = (over: Partial<ConfirmationInput> = {}) =>
  run(made.engine, createConfirmation(ACCOUNT, input(over)));
const use = (intent: string, confirmationToken: string) =>
  confirmIntent(ACCOUNT, intent, { confirmationToken }, PLAIN_CONFIRM);
const open = () => run(made.engine, create());

describe('what a browser sends ahead', () => {
  test('is kept for half a day, with the method that it made', async () => {
    const shipping = { name: 'Ann' };
    const kept = await entered({ returnUrl: 'https://shop.example/', shipping, inClient: true });
    const [method] = await made.store.scan('methods', null, 9);
    expect(kept).toEqual({
      account: ACCOUNT,
      id: expect.stringMatching(/^ctoken_.{24}$/),
      created: Math.floor(made.clock.ms / 1000),
      expiresAt: Math.floor(made.clock.ms / 1000) + CONFIRMATION_SECONDS,
      method: method?.id,
      intent: null,
      setup: null,
      returnUrl: 'https://shop.example/',
      futureUsage: null,
      shipping,
      mandate: null,
      methodOptions: null,
      makesDefault: false,
      inClient: true,
    });
    expect(await entered({ method: null })).toMatchObject({ method: null });
  });

  test('is refused where it names a method that is not there', async () => {
    const command = createConfirmation(ACCOUNT, input({ method: 'pm_none' }));
    expect(await fail(made.engine, command)).toMatchObject({ failure: 'missing', id: 'pm_none' });
    expect(await made.store.scan('confirmations', null, 9)).toEqual([]);
  });

  test('pays one intent', async () => {
    const { id } = await entered({ shipping: { name: 'Ann' } });
    const { id: intent } = await open();
    const paid = await run(made.engine, use(intent, id));
    expect(paid).toMatchObject({ state: 'captured', shipping: { name: 'Ann' } });
    expect(await made.store.scan('confirmations', null, 9)).toMatchObject([
      { intent, setup: null },
    ]);
    const { id: other } = await open();
    expect(await fail(made.engine, use(other, id))).toEqual({
      failure: 'confirmation_used',
      confirmation: id,
    });
  });

  test('is of no use after its time, or where there is none', async () => {
    const { id } = await entered();
    const { id: intent } = await open();
    expect(await fail(made.engine, use(intent, 'ctoken_none'))).toEqual({
      failure: 'missing',
      kind: 'confirmation',
      id: 'ctoken_none',
      where: 'body',
      param: 'confirmation_token',
    });
    made.clock.advance(CONFIRMATION_SECONDS);
    expect(await fail(made.engine, use(intent, id))).toEqual({
      failure: 'confirmation_expired',
      confirmation: id,
    });
    const late = await entered();
    made.clock.advance(CONFIRMATION_SECONDS - 1);
    await run(made.engine, use(intent, late.id));
  });
});

describe('what is asked', () => {
  const confirmation = {
    ...input(),
    method: 'pm_1',
    shipping: { a: 1 },
    futureUsage: 'on_session',
  };
  const none = { ...confirmation, method: null, shipping: null, futureUsage: null };

  test('of the intent is what the browser said, and nothing where it said nothing', () => {
    expect(wishesOf(confirmation as unknown as Confirmation)).toEqual({
      method: 'pm_1',
      shipping: { a: 1 },
      futureUsage: 'on_session',
    });
    expect(wishesOf(none as unknown as Confirmation)).toEqual({});
    expect(wishesOf(null)).toEqual({});
  });

  test('of the way is the request’s own, else the browser’s, else nothing', () => {
    const sent = { ...none, returnUrl: 'https://a.example/', inClient: true };
    const way = (asked: Parameters<typeof waysOf>[1], has = true) =>
      waysOf(has ? (sent as unknown as Confirmation) : null, asked);
    expect(way({})).toEqual({ returnUrl: 'https://a.example/', inClient: true });
    expect(way({ returnUrl: 'https://b.example/', inClient: false })).toEqual({
      returnUrl: 'https://b.example/',
      inClient: false,
    });
    expect(way({ returnUrl: null })).toMatchObject({ returnUrl: 'https://a.example/' });
    expect(way({}, false)).toEqual({ returnUrl: null, inClient: false });
  });
});
