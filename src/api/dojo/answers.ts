import { type Answer, type JsonSchema, refTo } from '../openapi.js';
import type { Route } from './route.js';

/** The objects of answers by the names of the published description, with fields of each. */
const OBJECTS: Readonly<Record<string, readonly string[]>> = {
  AllIntegrationsResponse: ['restIntegrations', 'wsIntegrations', 'dojoManagedIntegrations'],
  Capture: ['captureId'],
  ChargeResponse: ['paymentIntentId', 'status', 'message'],
  CustomerFull: ['id', 'createdAt', 'updatedAt'],
  CustomerPaymentMethods: ['customerId', 'merchantId', 'savedPaymentMethods'],
  CustomerSecret: ['secret'],
  Delivery: ['id', 'subscriptionId', 'eventId', 'event', 'status', 'attempts'],
  DeliveryPage: ['data'],
  DojoManagedIntegrationResponse: [],
  EventRequest: ['eventType', 'event'],
  PagedPaymentIntent: ['data'],
  PagedResultOfCustomer: ['data'],
  PaymentIntent: ['id', 'status', 'captureMode', 'amount', 'reference', 'createdAt', 'updatedAt'],
  Refund: ['paymentIntentId', 'refundId'],
  RestIntegrationResponse: ['url', 'capabilities', 'auth', 'createdAt'],
  Reversal: ['reversalId'],
  SecretsResponse: ['id', 'secrets'],
  SetupIntentResponse: ['id', 'status', 'reference', 'createdAt', 'updatedAt'],
  Subscription: ['id', 'accountId', 'events', 'url'],
  Terminal: ['id', 'properties', 'status', 'updatedAt'],
  TerminalSession: ['id', 'terminalId', 'status', 'createdAt', 'updatedAt'],
  WebhookEvents: ['model', 'events'],
  WsIntegrationResponse: ['capabilities', 'createdAt'],
};

const NOTHING = null;
const listOf = (name: string): readonly [string] => [name];

type Told = string | readonly [string] | null;

/** What each operation answers with: an object, a list of them, or nothing (a 204). */
const ANSWERS: Readonly<Record<string, Told>> = {
  'POST /payment-intents/search': 'PagedPaymentIntent',
  'POST /payment-intents/:id/captures': 'Capture',
  'POST /payment-intents/:id/charge': 'ChargeResponse',
  'POST /payment-intents/:id/refunds': 'Refund',
  'GET /payment-intents/refunds/:refundId': 'Refund',
  'POST /payment-intents/:id/reversal': 'Reversal',
  'POST /payment-intents/:id/receipt': NOTHING,
  'GET /customers/:id': listOf('CustomerFull'),
  'DELETE /customers/:id': NOTHING,
  'POST /customers/search': 'PagedResultOfCustomer',
  'POST /customers/:id/create-secret': 'CustomerSecret',
  'GET /customers/public/:id/payment-methods': 'CustomerPaymentMethods',
  'DELETE /customers/public/:id/payment-methods/:method': NOTHING,
  'GET /webhooks/events': listOf('WebhookEvents'),
  'GET /webhooks': listOf('Subscription'),
  'DELETE /webhooks/:id': NOTHING,
  'GET /webhooks/:id/secrets': 'SecretsResponse',
  'POST /webhooks/:id/secrets': 'SecretsResponse',
  'PUT /webhooks/:id/secrets/:secret/activate': NOTHING,
  'DELETE /webhooks/:id/secrets/:secret': NOTHING,
  'GET /webhooks/:id/deliveries': 'DeliveryPage',
  'POST /webhooks/:id/events/:event/replay': 'Delivery',
  'GET /terminals': listOf('Terminal'),
  'POST /epos/events': 'EventRequest',
  'GET /epos/integrations': 'AllIntegrationsResponse',
  'GET /epos/integrations/rest': listOf('RestIntegrationResponse'),
  'PUT /epos/integrations/rest': listOf('RestIntegrationResponse'),
  'GET /epos/integrations/ws': listOf('WsIntegrationResponse'),
  'PUT /epos/integrations/ws': listOf('WsIntegrationResponse'),
  'GET /epos/integrations/dojo': listOf('DojoManagedIntegrationResponse'),
};

/** What the other operations of a family answer with, by the path's first word. */
const FAMILIES: Readonly<Record<string, string>> = {
  'payment-intents': 'PaymentIntent',
  'setup-intents': 'SetupIntentResponse',
  customers: 'CustomerFull',
  webhooks: 'Subscription',
  terminals: 'Terminal',
  'terminal-sessions': 'TerminalSession',
};

/** What an operation answers with, by status. */
export function answersOf({
  method,
  path,
}: Pick<Route, 'method' | 'path'>): Record<string, Answer> {
  const name = `${method} ${path}`;
  const family = FAMILIES[path.split('/')[1] ?? ''] ?? 'object';
  const told: Told | undefined = Object.hasOwn(ANSWERS, name) ? ANSWERS[name] : family;
  if (told === null || told === undefined)
    return { 204: { about: 'It is done; there is nothing to say.', schema: null } };
  if (typeof told === 'string') return { 200: { about: `${told}.`, schema: refTo(told) } };
  const [item] = told;
  return { 200: { about: `A list of ${item}.`, schema: { type: 'array', items: refTo(item) } } };
}

/** A schema for each object of answers: of its fields those that are always there. */
export function objectSchemas(): Record<string, JsonSchema> {
  const schemas = Object.entries(OBJECTS).map(([name, required]) => [
    name,
    {
      type: 'object',
      required: [...required],
      properties: Object.fromEntries(required.map((field) => [field, {}])),
    },
  ]);
  return Object.fromEntries(schemas);
}
