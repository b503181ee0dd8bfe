import { arrayOf, boolean, enumeration, expand, hash, id, metadata, required } from '../params.js';
import { clearable, listFields, retrieveOnly } from './fields.js';
import { apiVersion, webUrl } from './formats.js';
import { webhookEventTypes } from './webhook-event-types.js';

const enabledEvents = arrayOf(enumeration(webhookEventTypes), webhookEventTypes.length);

/** `POST /v1/webhook_endpoints`. Whether the address may be reached is decided on connecting. */
export const webhookEndpointCreate = hash({
  api_version: apiVersion(),
  connect: boolean(),
  description: clearable(),
  enabled_events: required(enabledEvents),
  expand: expand(),
  metadata: metadata(),
  url: required(webUrl()),
});

/** `POST /v1/webhook_endpoints/:id` */
export const webhookEndpointUpdate = hash({
  description: clearable(),
  disabled: boolean(),
  enabled_events: enabledEvents,
  expand: expand(),
  metadata: metadata(),
  url: webUrl(),
});

/** `GET /v1/webhook_endpoints` */
export const webhookEndpointList = hash(listFields);

/** `GET /v1/webhook_endpoints/:id` */
export const webhookEndpointRetrieve = retrieveOnly;

/** `GET /v1/webhook_endpoints/:id/deliveries`, an addition of Tender's. */
export const webhookDeliveryList = hash({
  ...listFields,
  event: id(),
  status: enumeration(['pending', 'succeeded', 'failed']),
});

/** `DELETE /v1/webhook_endpoints/:id` */
export const webhookEndpointDelete = retrieveOnly;
