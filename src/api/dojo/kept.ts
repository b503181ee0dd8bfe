import type { Intent } from '../../domain/intent.js';
import type { JsonObject } from '../../domain/json.js';
import type { CreatePaymentIntent } from './schema/payment-intents.js';

/** Fields of the request that are not kept as they were sent: the core has them, or nobody may. */
type Elsewhere =
  | 'amount'
  | 'tipsAmount'
  | 'cashbackAmount'
  | 'serviceChargeAmount'
  | 'captureMode'
  | 'description'
  | 'metadata'
  | 'expireAt'
  | 'customer'
  | 'generateRemoteToken';

/** Who pays, without the secret by which he showed that it is he. */
export type KeptCustomer = {
  /** As the wire has it. */
  id?: string;
  emailAddress?: string;
  phoneNumber?: string;
  /** The wire's id of a card of his. */
  savedCardId?: string;
  /** True where his secret was sent: his saved cards may be shown, and new ones be saved. */
  proven?: boolean;
};

/** What only this dialect knows of a payment intent: `wire.dojo` of its row. */
export type KeptIntent = Omit<CreatePaymentIntent, Elsewhere> & {
  customer?: KeptCustomer;
  /** Wall time, Unix seconds, until which the newest client session secret opens. */
  secretExpiresAt?: number;
  /** Business time, Unix seconds, of the last change that its history does not tell. */
  changedAt?: number;
};

/** What is kept of an intent; nothing where another dialect has made it. */
export function keptOf({ wire }: Pick<Intent, 'wire'>): Partial<KeptIntent> {
  return (wire.dojo ?? {}) as Partial<KeptIntent>;
}

/** Lays fields over what is kept, as the `wire` of an intent's update. */
export function withKept(intent: Pick<Intent, 'wire'>, fields: Partial<KeptIntent>): JsonObject {
  return { dojo: { ...keptOf(intent), ...fields } };
}
