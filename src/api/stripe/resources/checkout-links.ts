import { checkoutLink } from '../../../engine/checkout-links.js';
import { CHECKOUT_LINK } from '../objects.js';
import type { Infer } from '../params.js';
import { act, idOf, type StripeRequest } from '../request.js';
import { type Route, route } from '../route.js';
import { retrieveOnly } from '../schema/fields.js';

function create(sent: Infer<typeof retrieveOnly>, request: StripeRequest) {
  const command = checkoutLink(request.account, idOf(request));
  return act(request, command, { kind: CHECKOUT_LINK, expand: sent.expand });
}

export const CHECKOUT_LINK_ROUTES: readonly Route[] = [
  route('POST', '/v1/payment_intents/:id/checkout_link', retrieveOnly, create, {
    matches: 'an addition: where its customer can pay; asked for again, it is the same',
  }),
];
