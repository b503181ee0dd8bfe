import type { Subscription } from '../../../domain/subscription.js';
import type { View, WireObject } from './view.js';

/** A WebhookEndpoint; the secret only where it was just made. */
export function webhookEndpointView(
  subscription: Subscription,
  secret: string | null,
  view: View,
): WireObject {
  const shown: WireObject = {
    id: subscription.id,
    object: 'webhook_endpoint',
    api_version: subscription.apiVersion,
    application: null,
    created: subscription.created,
    description: subscription.description,
    enabled_events: subscription.events,
    livemode: view.livemode,
    metadata: subscription.metadata,
  };
  if (secret !== null) shown.secret = secret;
  return { ...shown, status: subscription.enabled ? 'enabled' : 'disabled', url: subscription.url };
}
