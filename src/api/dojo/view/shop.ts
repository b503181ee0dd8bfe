import type { Rows } from '../../../engine/command.js';
import type { WireObject } from '../request.js';
import type { config } from '../schema/fields.js';
import type { Read } from '../schema/shape.js';

/** What the account takes, as its merchant sees it. */
export const SUPPORTED_METHODS = {
  cardSchemes: ['VISA', 'MASTERCARD', 'MAESTRO', 'AMEX', 'DISCOVER', 'DCI'],
  wallets: ['APPLE_PAY', 'GOOGLE_PAY'],
};

/** The shop that asks, and how its checkout looks. */
export function shopView(sent: Read<typeof config> | undefined, rows: Rows): WireObject {
  return {
    merchantConfig: { supportedPaymentMethods: SUPPORTED_METHODS },
    config: { ...sent, branding: {}, tradingName: rows.account().businessName },
  };
}
