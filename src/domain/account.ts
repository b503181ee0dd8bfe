import type { JsonObject } from './json.js';

/** A merchant: the tenant. A sandbox account without a row of its own has the defaults. */
export interface Account {
  account: string;
  id: string;
  created: number;
  country: string;
  currency: string;
  businessName: string;
  email: string | null;
  statementDescriptor: string;
  statementDescriptorPrefix: string;
  /** Payment method types switched on; a redirect type among them demands a `return_url`. */
  methodTypes: string[];
  /** Seconds that this account's business time is ahead of the wall clock. */
  clockAheadSeconds: number;
  wire: JsonObject;
}

/** The account that a key of the sandbox opens before anything was set. */
export function defaultAccount(id: string): Account {
  return {
    account: id,
    id,
    created: 0,
    country: 'US',
    currency: 'usd',
    businessName: 'Tender sandbox',
    email: null,
    statementDescriptor: 'TENDER SANDBOX',
    statementDescriptorPrefix: 'TENDER',
    methodTypes: ['card'],
    clockAheadSeconds: 0,
    wire: {},
  };
}
