import { CUSTOMER, type Kind } from './objects.js';
import { apiKeyView, ephemeralKeyView } from './view/api-key.js';
import { confirmationTokenView } from './view/confirmation-token.js';
import { customerSessionView } from './view/customer-session.js';

export const CONFIRMATION_TOKEN: Kind<'confirmations'> = {
  object: 'confirmation_token',
  table: 'confirmations',
  render: (row, rows, view) =>
    confirmationTokenView(row, row.method === null ? null : rows.get('methods', row.method), view),
  also: (row, need) => void need('methods', row.method),
  links: {},
};

export const API_KEY: Kind<'keys'> = {
  object: 'api_key',
  table: 'keys',
  render: (row, _rows, view) => apiKeyView(row, view),
  links: {},
};

export const EPHEMERAL_KEY: Kind<'keys'> = {
  object: 'ephemeral_key',
  table: 'keys',
  render: (row, _rows, view) => ephemeralKeyView(row, view),
  links: {},
};

export const CUSTOMER_SESSION: Kind<'customer_sessions'> = {
  object: 'customer_session',
  table: 'customer_sessions',
  render: (row, _rows, view) => customerSessionView(row, view),
  links: { customer: { kind: () => CUSTOMER, id: (row) => row.customer } },
};
