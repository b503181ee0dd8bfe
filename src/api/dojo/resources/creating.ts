import type { Command } from '../../../engine/command.js';
import { coreId } from '../ids.js';
import { invalidField, Refusal } from '../problem.js';
import type { View } from '../request.js';

/** The core's id of what a body's field names, null where it names nothing. Throws Refusal. */
export function namedId(
  { livemode }: Pick<View, 'livemode'>,
  kind: 'setup' | 'method' | 'customer',
  field: string,
  id: string | undefined,
): string | null {
  if (id === undefined) return null;
  const named = coreId(kind, id, livemode);
  if (named === null) throw new Refusal(invalidField(field, `There is no such ${kind}.`));
  return named;
}

/**
 * A command that makes something for a customer, who must be there, with an end that must be still
 * to come. It throws Refusal where they are not.
 */
export function creating<T>(
  command: Command<T>,
  { customer = null, expiresAt = null }: { customer?: string | null; expiresAt?: number | null },
): Command<T> {
  return {
    account: command.account,
    needs: (need) => {
      command.needs(need);
      need('customers', customer);
    },
    decide: (work) => {
      if (customer !== null && (work.get('customers', customer)?.deleted ?? true))
        throw new Refusal(invalidField('Customer.Id', 'There is no such customer.'));
      const decision = command.decide(work);
      // By its own clock, which is the customer's.
      if (expiresAt !== null && expiresAt <= work.now())
        throw new Refusal(invalidField('ExpireAt', 'The field ExpireAt must be in the future.'));
      return decision;
    },
  };
}
