import type { JsonObject } from '../../../domain/json.js';
import type { TypesLeft } from '../../../engine/choice.js';

interface Sent {
  readonly payment_method_types?: readonly string[] | undefined;
  readonly allowed_payment_method_types?: readonly string[] | null | undefined;
  readonly excluded_payment_method_types?: readonly string[] | null | undefined;
}

/** The types of payment methods that the parameters say an intent takes. */
export interface TypesSent {
  methodTypes?: string[];
  typesLeft?: TypesLeft;
}

/**
 * What the parameters say of the types that are taken: those that they name, else those that the
 * account has on where it is to choose, without the excluded ones.
 */
export function typesSent(sent: Sent): TypesSent {
  const types = sent.payment_method_types ?? sent.allowed_payment_method_types ?? [];
  const named = types.length === 0 ? null : [...types];
  if (named === null && sent.excluded_payment_method_types === undefined) return {};
  const typesLeft: TypesLeft = ({ methodTypes, wire }, usual) => {
    const automatic = wire.automatic_payment_methods as JsonObject | null | undefined;
    const offered = named ?? (automatic?.enabled ? usual : methodTypes);
    const excluded = (wire.excluded_payment_method_types ?? []) as string[];
    return offered.filter((type) => !excluded.includes(type));
  };
  return named === null ? { typesLeft } : { methodTypes: named, typesLeft };
}
