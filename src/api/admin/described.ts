import type { SCHEMAS } from './schemas.js';

/** The name of a type that calls take or answer. */
export type SchemaName = keyof typeof SCHEMAS;

/** What a call takes and answers, by the names of types. */
export interface Described {
  readonly tag: string;
  readonly query?: SchemaName;
  readonly body?: SchemaName;
  readonly example?: object;
  /** A page of rows of that type; or one object of `answer`. */
  readonly rows?: SchemaName;
  readonly answer?: SchemaName;
  /** The answer is a file of that media type. */
  readonly file?: string;
  readonly notes?: string;
  /** It takes no idempotency key: each call does it anew. */
  readonly isAnew?: true;
}

const METADATA = {
  body: 'MetadataCall',
  example: { order: '6735' },
  notes: 'The whole of it: keys that are not sent are gone. 50 keys at most.',
} as const;

const ACTION = { tag: 'Payments', body: 'ActionCall', answer: 'IntentDetail' } as const;

/** What is told of each route beside its summary; a test knows of routes that are missing. */
export const DESCRIBED: Readonly<Record<string, Described>> = {
  'GET /session': { tag: 'Account', answer: 'Session' },
  'POST /session': {
    tag: 'Account',
    body: 'SignInCall',
    answer: 'Session',
    notes: 'The answer sets a cookie. Programs use a secret key and sign in to nothing.',
  },
  'DELETE /session': { tag: 'Account', answer: 'Done' },
  'POST /account': {
    tag: 'Account',
    body: 'AccountCall',
    example: { statementPrefix: 'TENDER' },
    answer: 'AccountInfo',
  },
  'POST /clock': {
    tag: 'Account',
    body: 'ClockCall',
    example: { seconds: 3600 },
    answer: 'ClockMove',
    notes: 'In a sandbox only. The clock is there once it has done what became due on the way.',
  },
  'GET /audit': { tag: 'Account', query: 'PageQuery', rows: 'AuditRow' },
  'GET /operators': { tag: 'Operators', query: 'PageQuery', rows: 'OperatorRow' },
  'GET /operators/log': { tag: 'Operators', query: 'PageQuery', rows: 'AuditRow' },
  'POST /operators': {
    tag: 'Operators',
    body: 'InvitationCall',
    answer: 'Invitation',
    notes: 'Who was invited already gets another link, which ends the one before.',
    isAnew: true,
  },
  'POST /operators/:id': {
    tag: 'Operators',
    body: 'RoleCall',
    answer: 'OperatorRow',
    isAnew: true,
  },
  'POST /operators/:id/remove': { tag: 'Operators', answer: 'OperatorGone', isAnew: true },
  'GET /overview': { tag: 'Overview', query: 'OverviewQuery', answer: 'Overview' },
  'GET /intents': { tag: 'Payments', query: 'IntentQuery', rows: 'IntentRow' },
  'GET /intents/:id': { tag: 'Payments', answer: 'IntentDetail' },
  'POST /intents/:id/capture': { ...ACTION, example: { amount: 500 } },
  'POST /intents/:id/refund': {
    ...ACTION,
    example: { amount: 500, reason: 'requested_by_customer' },
  },
  'POST /intents/:id/cancel': { ...ACTION, example: { reason: 'abandoned' } },
  'POST /intents/:id/reverse': { tag: 'Payments', answer: 'IntentDetail' },
  'POST /intents/:id/metadata': { tag: 'Payments', answer: 'IntentDetail', ...METADATA },
  'POST /charges/:id/metadata': { tag: 'Payments', answer: 'ChargeMetadata', ...METADATA },
  'GET /customers': { tag: 'Customers', query: 'CustomerQuery', rows: 'CustomerRow' },
  'GET /customers/:id': { tag: 'Customers', answer: 'CustomerRow' },
  'POST /customers/:id/metadata': { tag: 'Customers', answer: 'CustomerRow', ...METADATA },
  'GET /disputes': { tag: 'Disputes', query: 'PageQuery', rows: 'DisputeRow' },
  'GET /disputes/:id': { tag: 'Disputes', answer: 'DisputeRow' },
  'POST /disputes/:id/evidence': {
    tag: 'Disputes',
    body: 'EvidenceCall',
    example: { evidence: { product_description: 'Three lamps' }, submit: false },
    answer: 'DisputeRow',
  },
  'POST /disputes/:id/accept': { tag: 'Disputes', answer: 'DisputeRow' },
  'GET /endpoints': { tag: 'Webhooks', rows: 'EndpointRow' },
  'GET /endpoints/:id/deliveries': { tag: 'Webhooks', query: 'PageQuery', rows: 'DeliveryRow' },
  'POST /endpoints/:id': {
    tag: 'Webhooks',
    body: 'EndpointCall',
    example: { enabled: false },
    answer: 'EndpointRow',
  },
  'POST /deliveries/:id/replay': { tag: 'Webhooks', answer: 'Replay' },
  'GET /keys': { tag: 'Keys', query: 'PageQuery', rows: 'KeyRow' },
  'POST /keys': {
    tag: 'Keys',
    body: 'KeyCall',
    example: { kind: 'publishable', name: 'The shop’s page' },
    answer: 'KeySecret',
    notes: 'It takes no idempotency key: what a key is made of is kept nowhere.',
    isAnew: true,
  },
  'POST /keys/:id/roll': {
    tag: 'Keys',
    body: 'RollCall',
    example: { hours: 24 },
    answer: 'KeySecret',
    notes: 'It takes no idempotency key: what a key is made of is kept nowhere.',
    isAnew: true,
  },
  'POST /keys/:id/revoke': { tag: 'Keys', answer: 'KeyRevoked' },
  'GET /ledger': { tag: 'Ledger', rows: 'LedgerRow' },
  'GET /ledger/:account/statement': {
    tag: 'Ledger',
    query: 'StatementQuery',
    rows: 'StatementRow',
  },
  'GET /wallets': { tag: 'Ledger', answer: 'WalletsView' },
  'GET /updates': { tag: 'Payments', query: 'UpdatesQuery', answer: 'Updates' },
  'GET /export/intents.csv': {
    tag: 'Payments',
    query: 'ExportQuery',
    file: 'text/csv',
  },
};
