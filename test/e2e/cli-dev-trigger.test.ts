import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EVENT_TYPES } from '../../src/api/dojo/events.js';
import { factTypesOf } from '../../src/api/stripe/events.js';
import { webhookEventTypes } from '../../src/api/stripe/schema/webhook-event-types.js';
import { trigger } from '../../src/cli/trigger.js';
import { IMPOSSIBLE, TRIGGERS } from '../../src/cli/trigger-events.js';
import { useTestTender } from '../support/running-tender.js';
import { openSink } from '../support/sink.js';
import { newName } from '../support/tender.js';

/** `tender trigger` over its whole table, against a Tender within the test. */

const running = useTestTender([]);
let printed = '';

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const [DOJO, STRIPE] = [
  [...TRIGGERS.keys()].filter((type) => type.startsWith('dojo:')),
  [...TRIGGERS.keys()].filter((type) => !/^(dojo|code):/.test(type)),
];

describe('tender trigger', () => {
  test.each(STRIPE)('makes %s happen', async (type) => {
    const { url, client } = running();
    const name = newName();
    await trigger(type, { url, key: `sk_test_${name}`, json: true });
    const { events } = JSON.parse(printed);
    expect(events.map((event: { type: string }) => event.type)).toContain(type);
    const listed = await client(name).events.list({ type });
    expect(listed.data.map(({ id }) => id)).toEqual(
      expect.arrayContaining(
        events
          .filter((each: { type: string }) => each.type === type)
          .map((each: { id: string }) => each.id),
      ),
    );
  });

  test.each(DOJO)('has %s sent to the endpoint that waits for it', async (type) => {
    const { url } = running();
    const key = `sk_test_${newName()}`;
    const sink = await openSink();
    const event = type.slice('dojo:'.length);
    const made = await fetch(`${url}/webhooks`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${key}`,
        version: '2025-09-10',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ events: [event], url: sink.url }),
    });
    expect(made.status).toBeLessThan(300);
    await trigger(type, { url, key, json: true });
    await sink.arrived(1);
    expect(sink.arrivals[0]?.event).toMatchObject({ event });
    await sink.close();
  });

  test('covers every event of Dojo’s', () => {
    expect(DOJO).toEqual(EVENT_TYPES.map((type) => `dojo:${type}`));
  });

  test('covers every event that the dialect can tell, but for a fault', () => {
    const told = webhookEventTypes.filter(
      (type) => type !== '*' && factTypesOf((each) => each === type).length > 0,
    );
    const missing = told.filter((type) => !TRIGGERS.has(type));
    expect(missing).toEqual(['test_helpers.test_clock.internal_failure']);
    expect(STRIPE.filter((type) => !told.includes(type))).toEqual([]);
  });

  test('says of every other event why it cannot be', async () => {
    const impossible = IMPOSSIBLE.map(({ type }) => type).filter((type) => !/^code:/.test(type));
    const all = [...STRIPE, ...impossible, '*'];
    expect(all.toSorted()).toEqual([...webhookEventTypes].toSorted());
    const { url } = running();
    const key = `sk_test_${newName()}`;
    await expect(trigger('invoice.paid', { url, key })).rejects.toThrow(
      'invoice.paid cannot be triggered: Tender has no invoice.',
    );
    await expect(trigger('payment_intent.lost', { url, key })).rejects.toThrow('There is no event');
    await expect(trigger('code:settled', { url, key })).rejects.toThrow('a chain settles');
    await expect(trigger('code:submitted', { url, key })).rejects.toThrow('add --webhook');
    const webhook = 'http://127.0.0.1:9/';
    await expect(trigger('charge.failed', { url, key, webhook })).rejects.toThrow('for events of');
    await trigger(undefined, { url, key });
    expect(printed).toContain('payment_intent.succeeded');
    expect(printed).toContain('a clock stops only where');
  });

  test('leaves no test clock behind', async () => {
    const { url, client } = running();
    const name = newName();
    await trigger('refund.failed', { url, key: `sk_test_${name}`, json: true });
    expect((await client(name).testHelpers.testClocks.list()).data).toEqual([]);
  });
});
