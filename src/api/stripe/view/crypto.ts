import type { Attempt } from '../../../domain/attempt.js';
import type { WireObject } from './view.js';

/** A wallet's payment as a PaymentMethod shows it: nothing is known that a merchant could use. */
export const CRYPTO_METHOD: WireObject = {};

/**
 * A wallet's payment as a Charge shows it. `network` and `transaction_hash` are said only of what
 * a chain carries out, the latter once it is known; tokens other than Stripe's have no name here.
 */
export function cryptoChargeView({ methodDetails }: Attempt): WireObject {
  const { network, owner, transaction } = methodDetails ?? {};
  const shown: WireObject = {};
  if (typeof owner === 'string') shown.buyer_address = owner;
  if (network === 'solana') shown.network = network;
  if (typeof transaction === 'string') shown.transaction_hash = transaction;
  return shown;
}
