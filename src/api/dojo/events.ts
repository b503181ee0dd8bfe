import type { EventTeller } from '../../engine/events.js';

/** Tells facts as Dojo's webhooks: thin events, signed. */
export function dojoEvents(_deps: { readonly livemode: boolean }): EventTeller {
  return {
    dialect: 'dojo',
    events: () => [],
    message: () => {
      throw new Error('no events yet');
    },
  };
}
