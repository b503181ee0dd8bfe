import type { Customer } from '../domain/customer.js';
import { type Failure, isFailure } from '../domain/errors.js';
import type { JsonObject, Metadata } from '../domain/json.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import { joinClock, needCustomersClock } from './clocks.js';
import { type Command, done, type Need, refused } from './command.js';
import { endMandates, needMandates } from './mandates.js';
import {
  attachTo,
  findCustomer,
  findMethod,
  type MethodInput,
  makeMethod,
  needMethodInput,
} from './methods.js';
import { changedFields } from './previous.js';
import type { Work } from './work.js';

/** What a customer may be given; absent fields stay as they are. */
export interface CustomerInput {
  email?: string | null;
  name?: string | null;
  phone?: string | null;
  description?: string | null;
  address?: JsonObject | null;
  shipping?: JsonObject | null;
  metadata?: (old: Metadata) => Metadata;
  /** When it is made: the test clock that it will live by. */
  clockId?: string;
  /** A payment method to attach. */
  method?: string;
  /** A method to make, attach and use by default. */
  source?: MethodInput;
  /** Which attached method pays when a payment names none; null: none. */
  defaultMethod?: string | null;
  /** The dialect's own fields, laid over those there are. */
  wire?: JsonObject;
}

function needInput(need: Need, input: CustomerInput): void {
  need('methods', input.method);
  need('methods', input.defaultMethod);
  if (input.source !== undefined) needMethodInput(need, input.source);
}

function applied(customer: Customer, input: CustomerInput): Customer {
  const { metadata, method, source, defaultMethod, wire, ...plain } = input;
  return {
    ...customer,
    ...plain,
    metadata: metadata === undefined ? customer.metadata : metadata(customer.metadata),
    wire: wire === undefined ? customer.wire : { ...customer.wire, ...wire },
  };
}

/** A customer with what the input attaches to it, and the methods that were attached. */
interface Attached {
  customer: Customer;
  methods: PaymentMethod[];
}

function attachInput(work: Work, customer: Customer, input: CustomerInput): Attached | Failure {
  let defaultMethod = customer.defaultMethod;
  const methods: PaymentMethod[] = [];
  const attach = (method: PaymentMethod | Failure) => {
    const attached = isFailure(method) ? method : attachTo(work, method, customer.id);
    if (!isFailure(attached)) methods.push(attached);
    return attached;
  };
  if (input.method !== undefined) {
    const attached = attach(findMethod(work, input.method, 'body'));
    if (isFailure(attached)) return attached;
    // `defaultMethod` may name the same test card: it means the method that was just made.
    if (input.defaultMethod === input.method) defaultMethod = attached.id;
  }
  if (input.source !== undefined) {
    const attached = attach(makeMethod(work, input.source));
    if (isFailure(attached)) return attached;
    defaultMethod = attached.id;
  }
  if (input.defaultMethod !== undefined && input.defaultMethod !== input.method) {
    const chosen = chooseDefault(work, customer, input.defaultMethod);
    if (chosen !== null && typeof chosen === 'object') return chosen;
    defaultMethod = chosen;
  }
  return { customer: { ...customer, defaultMethod }, methods };
}

function tellAttached(work: Work, methods: readonly PaymentMethod[]): void {
  for (const method of methods) work.record('method.attached', { method });
}

function chooseDefault(work: Work, customer: Customer, id: string | null): string | null | Failure {
  if (id === null) return null;
  const method = work.get('methods', id);
  const param = 'invoice_settings[default_payment_method]';
  if (method === null) return { failure: 'missing', kind: 'method', id, where: 'body', param };
  if (method.customer === customer.id) return id;
  if (method.customer === null) return { failure: 'method_not_attached', method: id };
  return { failure: 'method_customer_mismatch', method, customer: customer.id };
}

/**
 * Errors: missing (method, token, clock), limit_reached, method_consumed,
 * method_already_attached, attach_declined.
 */
export function createCustomer(account: string, input: CustomerInput): Command<Customer> {
  return {
    account,
    needs: (need) => {
      needInput(need, input);
      if (input.clockId !== undefined) needCustomersClock(need, input.clockId);
    },
    decide: (work) => {
      if (input.clockId !== undefined) {
        const fault = joinClock(work, input.clockId);
        if (fault !== null) return refused(fault);
      }
      const id = work.context.newId('cus_', 14);
      const bare: Customer = {
        account,
        id,
        created: work.now(),
        email: null,
        deleted: false,
        clockId: null,
        name: null,
        phone: null,
        description: null,
        metadata: {},
        address: null,
        shipping: null,
        defaultMethod: null,
        invoicePrefix: work.context.secret(8).toUpperCase(),
        wire: {},
      };
      const attached = attachInput(work, applied(bare, input), input);
      if (isFailure(attached)) return refused(attached);
      const { customer, methods } = attached;
      work.insert('customers', customer);
      work.record('customer.created', { customer });
      tellAttached(work, methods);
      return done(customer);
    },
  };
}

/** Errors: missing (customer, method), and those of attaching. */
export function updateCustomer(
  account: string,
  id: string,
  input: CustomerInput,
): Command<Customer> {
  return {
    account,
    needs: (need) => {
      need('customers', id);
      needInput(need, input);
    },
    decide: (work) => {
      const stored = findCustomer(work, id, 'path');
      if (isFailure(stored)) return refused(stored);
      const attached = attachInput(work, applied(stored, input), input);
      if (isFailure(attached)) return refused(attached);
      const { customer, methods } = attached;
      work.update('customers', customer);
      tellAttached(work, methods);
      const previous = changedFields(stored, customer);
      work.record('customer.updated', { customer }, previous);
      return done(customer);
    },
  };
}

/** Most methods that one customer may hold; each is detached when the customer is deleted. */
export const CUSTOMER_METHODS_MAX = 500;

/**
 * Deletes a customer and detaches the named methods, which the caller has read before: they are
 * all that a customer can have. Errors: missing.
 */
export function deleteCustomer(
  account: string,
  id: string,
  methods: readonly string[],
): Command<Customer> {
  return {
    account,
    needs: (need) => {
      need('customers', id);
      for (const method of methods) needMandates(need, need('methods', method));
    },
    decide: (work) => {
      const stored = findCustomer(work, id, 'path');
      if (isFailure(stored)) return refused(stored);
      const loaded = methods.map((method) => work.get('methods', method));
      return done(dropCustomer(work, stored, loaded));
    },
  };
}

/**
 * Takes a customer away, detaches those of the methods that are its own, and ends their mandates,
 * which the caller has named.
 */
export function dropCustomer(
  work: Work,
  stored: Customer,
  methods: readonly (PaymentMethod | null)[],
): Customer {
  for (const method of methods)
    if (method?.customer === stored.id) {
      work.update('methods', { ...method, customer: null, consumed: true });
      endMandates(work, method);
    }
  const customer = work.update('customers', { ...stored, deleted: true });
  // The event shows the customer as it was: that is what a subscriber wants to know.
  work.record('customer.deleted', { customer: stored });
  return customer;
}
