import { ACCOUNT_ROUTES } from './account.js';
import { CUSTOMER_ROUTES } from './customers.js';
import { DISPUTE_ROUTES } from './disputes.js';
import { ENDPOINT_ROUTES } from './endpoints.js';
import { EXPORT_ROUTES } from './export.js';
import { INTENT_ROUTES } from './intents.js';
import { KEY_ROUTES } from './keys.js';
import { LEDGER_ROUTES } from './ledger.js';
import { OPERATOR_ROUTES } from './operators.js';
import { OVERVIEW_ROUTES } from './overview.js';
import type { Route } from './route.js';
import { UPDATE_ROUTES } from './updates.js';

/** Every call of the admin API but signing in and out. */
export const ADMIN_ROUTES: readonly Route[] = [
  ...ACCOUNT_ROUTES,
  ...OPERATOR_ROUTES,
  ...OVERVIEW_ROUTES,
  ...INTENT_ROUTES,
  ...CUSTOMER_ROUTES,
  ...DISPUTE_ROUTES,
  ...ENDPOINT_ROUTES,
  ...KEY_ROUTES,
  ...LEDGER_ROUTES,
  ...UPDATE_ROUTES,
  ...EXPORT_ROUTES,
];
