import type { ServerOptions } from './merchant-api.js';
import { withMerchant } from './merchant-command.js';
import { intentIdOf, readRecord } from './show-record.js';
import { timelineLines } from './show-timeline.js';

/** `tender show <id>`: what happened to the payment that an id of any kind leads to. */
export function show(id: string, options: ServerOptions): Promise<void> {
  return withMerchant(options, async (session) => {
    const record = await readRecord(session.api, await intentIdOf(session.api, id));
    const { intent, dojo, events, isPartial, deliveries } = record;
    session.show(timelineLines(record, session.paint), {
      payment_intent: intent,
      dojo,
      events,
      deliveries,
      is_partial: isPartial,
    });
  });
}
