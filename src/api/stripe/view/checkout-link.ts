import type { DirectoryEntry } from '../../../domain/directory.js';
import type { View, WireObject } from './view.js';

/** A link to the hosted checkout of a payment intent. */
export function checkoutLinkView(entry: DirectoryEntry, view: View): WireObject {
  return {
    id: entry.id,
    object: 'checkout_link',
    created: entry.created,
    livemode: view.livemode,
    payment_intent: entry.subject,
    url: `${view.publicUrl}/checkout/${entry.id}`,
  };
}
