import { CUSTOMER_SESSION_SECONDS, type CustomerSession } from '../domain/customer-session.js';
import { isFailure } from '../domain/errors.js';
import type { JsonObject } from '../domain/json.js';
import { forgettingJobId } from './access.js';
import { type Command, done, refused } from './command.js';
import { findCustomer } from './methods.js';

/** Opens what a customer has saved to the browser that gets the secret. Errors: missing. */
export function createCustomerSession(
  account: string,
  customerId: string,
  components: JsonObject,
): Command<CustomerSession> {
  return {
    account,
    needs: (need) => void need('customers', customerId),
    decide: (work) => {
      const customer = findCustomer(work, customerId);
      if (isFailure(customer)) return refused(customer);
      const id = work.context.newId('cuss_', 24);
      const created = work.wallNow();
      const expiresAt = created + CUSTOMER_SESSION_SECONDS;
      const kind = 'forget_access';
      work.schedule({ id: forgettingJobId(id), dueAt: expiresAt, kind, subject: id });
      return done(
        work.insert('customer_sessions', {
          account,
          id,
          created,
          expiresAt,
          customer: customerId,
          clientSecret: `${id}_secret_${work.context.secret(32)}`,
          components,
        }),
      );
    },
  };
}

/** The id of the object that a client secret opens. */
export function idInSecret(secret: string): string {
  return secret.split('_secret_', 1)[0] ?? '';
}
