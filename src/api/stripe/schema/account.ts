import { retrieveOnly } from './fields.js';

/** `GET /v1/account` */
export const accountRetrieve = retrieveOnly;

/** `GET /v1/balance` */
export const balanceRetrieve = retrieveOnly;
