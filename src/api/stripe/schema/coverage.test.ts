import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FormMap, FormValue } from '../form.js';
import type { Fields, Param, Schema } from '../params.js';
import { parseParams } from '../params-parse.js';
import * as account from './account.js';
import * as balanceTransactions from './balance-transactions.js';
import * as cash from './cash.js';
import * as charges from './charges.js';
import * as confirmationTokens from './confirmation-tokens.js';
import * as customers from './customers.js';
import * as disputes from './disputes.js';
import * as elementsSessions from './elements-sessions.js';
import * as events from './events.js';
import * as keys from './keys.js';
import * as paymentIntents from './payment-intents.js';
import * as paymentMethods from './payment-methods.js';
import * as refunds from './refunds.js';
import * as rules from './rules.js';
import * as search from './search.js';
import * as setupIntents from './setup-intents.js';
import * as testClocks from './test-clocks.js';
import * as tokens from './tokens.js';
import * as webhookEndpoints from './webhook-endpoints.js';

const modules = {
  ...account,
  ...balanceTransactions,
  ...cash,
  ...charges,
  ...confirmationTokens,
  ...customers,
  ...elementsSessions,
  ...disputes,
  ...events,
  ...keys,
  ...paymentIntents,
  ...paymentMethods,
  ...refunds,
  ...rules,
  ...setupIntents,
  ...testClocks,
  ...search,
  ...tokens,
  ...webhookEndpoints,
};
const schemas = Object.entries(modules) as [string, Schema<unknown>][];

/** The hash that a parameter takes when it is sent nested, through `either` and arrays. */
function fieldsOf(param: Param<unknown>): ReadonlyMap<string, Param<unknown>> | null {
  const { spec } = param;
  if (spec.kind === 'hash') return spec.fields;
  if (spec.kind === 'either') return fieldsOf(spec.nested);
  return spec.kind === 'array' ? fieldsOf(spec.of) : null;
}

interface Member {
  name: string;
  optional: boolean;
  type: string;
}

/** The members of an interface of the client's typings, found by its indentation. */
function members(source: string, heading: string): Member[] {
  const indent = heading.length - heading.trimStart().length - 1;
  const body = between(source, heading, `\n${' '.repeat(indent)}}`);
  const pattern = new RegExp(`^ {${indent + 4}}(\\w+)(\\??): (.+);$`, 'gm');
  return [...body.matchAll(pattern)].map(([, name = '', mark, type = '']) => ({
    name,
    optional: mark === '?',
    type,
  }));
}

/** What the client's typings know and the schema does not, at any depth. */
function missing(source: string, root: string, schema: Param<unknown>): string[] {
  const found: string[] = [];
  // A member's type `A.B` is declared in the namespace of the interface that has the member.
  const compare = (
    list: Member[],
    param: Param<unknown>,
    path: string,
    scope: string,
    depth: number,
  ) => {
    const fields = fieldsOf(param);
    if (fields === null) return;
    for (const { name, optional, type } of list) {
      const field = fields.get(name);
      const shown = path === '' ? name : `${path}.${name}`;
      if (field === undefined) {
        found.push(shown);
        continue;
      }
      if (!optional && field.presence !== 'required') found.push(`${shown} (required)`);
      const inner = type.match(/\.([A-Z]\w+)/)?.[1];
      if (inner === undefined) continue;
      const indent = ' '.repeat(4 * depth);
      const within = between(scope, `\n${indent}namespace ${inner} {`, `\n${indent}}`);
      compare(members(scope, `\n${indent}interface ${inner} {`), field, shown, within, depth + 1);
    }
  };
  const top = members(source, `\nexport interface ${root} {`);
  const extended = members(source, `\nexport interface ${root} extends PaginationParams {`);
  const scope = between(source, `\nexport declare namespace ${root} {`, '\n}');
  compare([...top, ...extended], schema, '', scope, 1);
  return found;
}

function between(text: string, opening: string, closing: string): string {
  const start = text.indexOf(opening);
  if (start < 0) return '';
  return text.slice(start + opening.length, text.indexOf(closing, start + opening.length));
}

const typings = (file: string) => {
  const path = `../../../../node_modules/stripe/esm/resources/${file}.d.ts`;
  const text = readFileSync(new URL(path, import.meta.url), 'utf8');
  // What is in a namespace of its own stands one step to the right, and is not exported by name.
  const isNested = file.includes('/');
  return isNested
    ? text.replace(/^ {4}/gm, '').replace(/^interface /gm, 'export interface ')
    : text;
};

const methods: [file: string, name: string, schema: Param<unknown>][] = [
  ['PaymentIntents', 'PaymentIntentCreateParams', paymentIntents.paymentIntentCreate],
  ['PaymentIntents', 'PaymentIntentUpdateParams', paymentIntents.paymentIntentUpdate],
  ['PaymentIntents', 'PaymentIntentConfirmParams', paymentIntents.paymentIntentConfirm],
  ['PaymentIntents', 'PaymentIntentCaptureParams', paymentIntents.paymentIntentCapture],
  [
    'PaymentIntents',
    'PaymentIntentIncrementAuthorizationParams',
    paymentIntents.paymentIntentIncrement,
  ],
  ['PaymentIntents', 'PaymentIntentVerifyMicrodepositsParams', setupIntents.setupIntentVerify],
  ['PaymentIntents', 'PaymentIntentApplyCustomerBalanceParams', cash.applyCustomerBalance],
  ['TestHelpers/Customers', 'CustomerFundCashBalanceParams', cash.cashFund],
  ['Customers', 'CustomerUpdateCashBalanceParams', cash.cashUpdate],
  ['Customers', 'CustomerListCashBalanceTransactionsParams', cash.cashMovementList],
  ['PaymentIntents', 'PaymentIntentCancelParams', paymentIntents.paymentIntentCancel],
  ['PaymentIntents', 'PaymentIntentListParams', paymentIntents.paymentIntentList],
  ['PaymentIntents', 'PaymentIntentRetrieveParams', paymentIntents.paymentIntentRetrieve],
  ['PaymentMethods', 'PaymentMethodCreateParams', paymentMethods.paymentMethodCreate],
  ['PaymentMethods', 'PaymentMethodUpdateParams', paymentMethods.paymentMethodUpdate],
  ['PaymentMethods', 'PaymentMethodListParams', paymentMethods.paymentMethodList],
  ['PaymentMethods', 'PaymentMethodAttachParams', paymentMethods.paymentMethodAttach],
  ['CustomerSessions', 'CustomerSessionCreateParams', keys.customerSessionCreate],
  ['EphemeralKeys', 'EphemeralKeyCreateParams', keys.ephemeralKeyCreate],
  ['Customers', 'CustomerCreateParams', customers.customerCreate],
  ['Customers', 'CustomerUpdateParams', customers.customerUpdate],
  ['Customers', 'CustomerListParams', customers.customerList],
  ['Customers', 'CustomerListPaymentMethodsParams', customers.customerPaymentMethodList],
  ['TestHelpers/TestClocks', 'TestClockCreateParams', testClocks.testClockCreate],
  ['TestHelpers/TestClocks', 'TestClockAdvanceParams', testClocks.testClockAdvance],
  ['TestHelpers/TestClocks', 'TestClockListParams', testClocks.testClockList],
  ['PaymentIntents', 'PaymentIntentSearchParams', search.searchParams],
  ['Customers', 'CustomerSearchParams', search.searchParams],
  ['Charges', 'ChargeSearchParams', search.searchParams],
  ['SetupIntents', 'SetupIntentCreateParams', setupIntents.setupIntentCreate],
  ['SetupIntents', 'SetupIntentUpdateParams', setupIntents.setupIntentUpdate],
  ['SetupIntents', 'SetupIntentConfirmParams', setupIntents.setupIntentConfirm],
  ['SetupIntents', 'SetupIntentCancelParams', setupIntents.setupIntentCancel],
  ['SetupIntents', 'SetupIntentListParams', setupIntents.setupIntentList],
  ['SetupIntents', 'SetupIntentRetrieveParams', setupIntents.setupIntentRetrieve],
  ['SetupIntents', 'SetupIntentVerifyMicrodepositsParams', setupIntents.setupIntentVerify],
  ['SetupAttempts', 'SetupAttemptListParams', setupIntents.setupAttemptList],
  ['Tokens', 'TokenCreateParams', tokens.tokenCreate],
  ['Charges', 'ChargeCreateParams', charges.chargeCreate],
  ['Charges', 'ChargeCaptureParams', charges.chargeCapture],
  ['Charges', 'ChargeListParams', charges.chargeList],
  ['Charges', 'ChargeUpdateParams', charges.chargeUpdate],
  ['Disputes', 'DisputeUpdateParams', disputes.disputeUpdate],
  ['Disputes', 'DisputeListParams', disputes.disputeList],
  ['Disputes', 'DisputeCloseParams', disputes.disputeClose],
  ['Radar/EarlyFraudWarnings', 'EarlyFraudWarningListParams', disputes.earlyFraudWarningList],
  ['Refunds', 'RefundCreateParams', refunds.refundCreate],
  ['Refunds', 'RefundUpdateParams', refunds.refundUpdate],
  ['Refunds', 'RefundListParams', refunds.refundList],
  ['Events', 'EventListParams', events.eventList],
  ['WebhookEndpoints', 'WebhookEndpointCreateParams', webhookEndpoints.webhookEndpointCreate],
  ['WebhookEndpoints', 'WebhookEndpointUpdateParams', webhookEndpoints.webhookEndpointUpdate],
  [
    'BalanceTransactions',
    'BalanceTransactionListParams',
    balanceTransactions.balanceTransactionList,
  ],
];

describe('every parameter of the official client', () => {
  test.each(methods)('%s %s', (file, name, schema) => {
    const source = typings(file);
    expect(source).toContain(`export interface ${name} `);
    expect(missing(source, name, schema)).toEqual([]);
  });

  test('a parameter that is not there would be noticed', () => {
    const source = typings('PaymentIntents');
    const found = missing(source, 'PaymentIntentCreateParams', paymentIntents.paymentIntentCancel);
    expect(found).toContain('amount');
    const nested = { ...paymentIntents.paymentIntentCreate };
    const card = { ...methodOptions(nested), card: paymentIntents.paymentIntentCancel };
    expect(missing(source, 'PaymentIntentCreateParams', withOptions(nested, card))).toContain(
      'payment_method_options.card.request_three_d_secure',
    );
  });
});

function methodOptions(schema: Param<unknown>): Fields {
  const options = fieldsOf(schema)?.get('payment_method_options');
  return Object.fromEntries((options && fieldsOf(options)) ?? []);
}

function withOptions(schema: Param<unknown>, options: Fields): Param<unknown> {
  const make = (fields: Map<string, Param<unknown>>): Param<unknown> => ({
    ...schema,
    spec: { kind: 'hash', fields, required: [], defaulted: [], check: null },
  });
  const fields = new Map(fieldsOf(schema));
  fields.set('payment_method_options', make(new Map(Object.entries(options))));
  return make(fields);
}

describe('every schema', () => {
  test.each(schemas)('%s takes expand', (_name, schema) => {
    const tree: FormMap = { expand: ['data.customer'] };
    const result = parseParams(schema, tree);
    expect(result.ok ? null : result.error.code).not.toBe('parameter_unknown');
  });

  test.each(schemas)('%s never throws', (_name, schema) => {
    const text = fc.oneof(
      fc.constantFrom('', '0', '-1', '1', 'true', 'card', 'usd', 'a@b.co', 'https://a.b', '\ud800'),
      fc.string({ maxLength: 30 }),
    );
    fc.assert(
      fc.property(treeFor(schema, text), (tree) => {
        const result = parseParams(schema, tree as FormMap);
        if (result.ok) expect(result.value).toBeTypeOf('object');
        else expect(result.error).toMatchObject({ status: 400, type: 'invalid_request_error' });
      }),
      { numRuns: 150 },
    );
  });
});

/** Trees that are mostly shaped as the schema asks, so that its depths are reached. */
function treeFor(param: Param<unknown>, text: fc.Arbitrary<string>): fc.Arbitrary<FormValue> {
  const noise = fc.oneof(
    text,
    fc.array(text, { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', '0', '__proto__'), text, { maxKeys: 2 }),
  ) as fc.Arbitrary<FormValue>;
  const { spec } = param;
  if (spec.kind === 'either') {
    return fc.oneof(treeFor(spec.text, text), treeFor(spec.nested, text));
  }
  if (spec.kind === 'array')
    return fc.oneof(fc.array(treeFor(spec.of, text), { maxLength: 3 }), noise);
  if (spec.kind !== 'hash') return noise;
  const names = [...spec.fields.keys()];
  const known: fc.Arbitrary<[string, FormValue]> =
    names.length === 0
      ? fc.tuple(fc.constant('nope'), noise)
      : fc
          .constantFrom(...names)
          .chain((name) =>
            fc.tuple(fc.constant(name), treeFor(spec.fields.get(name) ?? param, text)),
          );
  return fc.array(known, { maxLength: 4 }).map((pairs) => {
    const map: FormMap = { __proto__: null } as never;
    for (const [name, value] of pairs) map[name] = value;
    return map;
  });
}
