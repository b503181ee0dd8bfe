/**
 * Cuts the published response schemas of the Stripe API down to what the conformance tests need and
 * writes `stripe.json` beside this file. The input is one JSON document with `roots` (name → $ref)
 * and `definitions`, derived from the official typings of one API version.
 *
 *   node test/openapi/prune.js stripe-2026-10-28.schema.json
 */
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Objects that a link (`string | Object`) may expand to. Links to anything else stay ids, so that a
 * response with, say, an invoice in it is reported; this also keeps the file a fifth of the whole.
 */
const EXPANDABLE = new Set([
  'account',
  'application',
  'balance_transaction',
  'bank_account',
  'card',
  'charge',
  'confirmation_token',
  'customer',
  'dispute',
  'file',
  'mandate',
  'payment_intent',
  'payment_method',
  'refund',
  'review',
  'setup_attempt',
  'setup_intent',
  'test_helpers.test_clock',
]);

/** From the typings' `EventBase`; the input has no Event, because its data is a union of all. */
const EVENT = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    object: { const: 'event' },
    account: { type: 'string' },
    api_version: { anyOf: [{ type: 'null' }, { type: 'string' }] },
    context: { type: 'string' },
    created: { type: 'number' },
    data: {
      type: 'object',
      properties: {
        object: { type: 'object' },
        previous_attributes: { type: 'object' },
      },
      required: ['object'],
    },
    livemode: { type: 'boolean' },
    pending_webhooks: { type: 'number' },
    request: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          properties: {
            id: { anyOf: [{ type: 'null' }, { type: 'string' }] },
            idempotency_key: { anyOf: [{ type: 'null' }, { type: 'string' }] },
          },
          required: ['id', 'idempotency_key'],
        },
      ],
    },
    type: { type: 'string' },
  },
  required: [
    'id',
    'object',
    'api_version',
    'created',
    'data',
    'livemode',
    'pending_webhooks',
    'request',
    'type',
  ],
};

/** From the typings' `Radar.EarlyFraudWarning`, which is not among the input's roots. */
const EARLY_FRAUD_WARNING = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    object: { const: 'radar.early_fraud_warning' },
    actionable: { type: 'boolean' },
    charge: { anyOf: [{ type: 'string' }, { $ref: '#/definitions/Charges.Charge' }] },
    created: { type: 'number' },
    fraud_type: { type: 'string' },
    livemode: { type: 'boolean' },
    payment_intent: {
      anyOf: [{ type: 'string' }, { $ref: '#/definitions/PaymentIntents.PaymentIntent' }],
    },
  },
  required: ['id', 'object', 'actionable', 'charge', 'created', 'fraud_type', 'livemode'],
};

/** @typedef {{ [key: string]: any }} Schema */

const input = process.argv[2];
if (!input) {
  console.error('usage: node test/openapi/prune.js <schema.json>');
  process.exit(1);
}
/** @type {{ roots: Record<string, Schema>, definitions: Record<string, Schema> }} */
const source = JSON.parse(readFileSync(input, 'utf8'));

/** @param {Schema} schema */
const target = (schema) => source.definitions[schema.$ref?.slice('#/definitions/'.length)];

/**
 * The `object` constant of a referenced definition; of a list, of its items.
 * @param {Schema} schema
 */
function objectName(schema) {
  const properties = target(schema)?.properties;
  const name = properties?.object?.const;
  if (name !== 'list') return name;
  return target(properties.data.items)?.properties?.object?.const ?? name;
}

/** @param {any} node @returns {any} */
function prune(node) {
  if (Array.isArray(node)) return node.map(prune);
  if (node === null || typeof node !== 'object') return node;
  if (node.$ref) {
    const name = target(node)?.properties?.object?.const === 'list' ? objectName(node) : undefined;
    return name === undefined || EXPANDABLE.has(name) ? node : { type: 'object' };
  }
  if (node.anyOf?.some((/** @type {Schema} */ branch) => branch.type === 'string')) {
    const kept = node.anyOf.filter((/** @type {Schema} */ branch) => {
      const name = objectName(branch);
      return name === undefined || EXPANDABLE.has(name);
    });
    return { ...node, anyOf: kept.map(prune) };
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, prune(value)]));
}

/** @type {Record<string, Schema>} */
const definitions = { Event: EVENT, EarlyFraudWarning: EARLY_FRAUD_WARNING };
/** @param {any} node */
function collect(node) {
  if (node === null || typeof node !== 'object') return;
  if (typeof node.$ref === 'string') {
    const name = node.$ref.slice('#/definitions/'.length);
    if (name in definitions) return;
    const definition = source.definitions[name];
    if (!definition) throw new Error(`${name} is referenced but not defined`);
    definitions[name] = prune(definition);
    collect(definitions[name]);
    return;
  }
  for (const value of Object.values(node)) collect(value);
}

/** @type {Record<string, Schema>} */
const roots = {
  Event: { $ref: '#/definitions/Event' },
  EarlyFraudWarning: { $ref: '#/definitions/EarlyFraudWarning' },
};
/** Answered by Tender, and not among the input's roots. */
const MORE_ROOTS = {
  CashBalance: 'CashBalances.CashBalance',
  CustomerCashBalanceTransaction: 'CustomerCashBalanceTransactions.CustomerCashBalanceTransaction',
};
for (const [name, definition] of Object.entries(MORE_ROOTS))
  source.roots[name] = { $ref: `#/definitions/${definition}` };
for (const [name, ref] of Object.entries(source.roots)) {
  if (name.endsWith('Params')) continue;
  roots[name] = ref;
  collect(ref);
}
// One definition a line: a new API version then shows as a readable difference.
const lines = Object.entries(definitions).map(
  ([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`,
);
writeFileSync(
  new URL('./stripe.json', import.meta.url),
  `{"roots":${JSON.stringify(roots)},\n"definitions":{\n${lines.join(',\n')}\n}}\n`,
);
console.log(`${lines.length} definitions`);
