import {
  type PastCustomer,
  type PastPayment,
  pastCustomerFault,
  pastPaymentFault,
} from '../domain/past-payment.js';
import { type Fields, fieldsOf, ImportFault, idAt } from './import-fields.js';
import { isChargeOver, pastCharge, pastCustomer, pastPayment } from './import-objects.js';

/** What cannot be taken over: where it is in the files, and why. */
export interface ImportProblem {
  readonly place: string;
  readonly id: string | null;
  readonly fault: string;
}

/** Something to be taken over, and where it was found. */
export interface Told<T> {
  readonly past: T;
  readonly place: string;
}

interface Found {
  readonly fields: Fields;
  readonly place: string;
}

const KINDS = ['customer', 'payment_intent', 'charge', 'refund'] as const;
type Kind = (typeof KINDS)[number];

/** All that the files have, before it is put together: a refund may come before its payment. */
export interface Findings {
  readonly objects: Readonly<Record<Kind, Map<string, Found>>>;
  /** Payments of rows, which are whole by themselves. */
  readonly rows: Told<PastPayment>[];
  /** Customers of whom only payments tell. */
  readonly named: Map<string, Told<PastCustomer>>;
  /** How many were left out, by why. */
  readonly leftOut: Map<string, number>;
  readonly problems: ImportProblem[];
}

/** Nothing found yet. */
export function noFindings(): Findings {
  return {
    objects: {
      customer: new Map(),
      payment_intent: new Map(),
      charge: new Map(),
      refund: new Map(),
    },
    rows: [],
    named: new Map(),
    leftOut: new Map(),
    problems: [],
  };
}

/** Notes that something was left out on purpose. */
export function leaveOut({ leftOut }: Findings, why: string): void {
  leftOut.set(why, (leftOut.get(why) ?? 0) + 1);
}

/** Runs a step; an ImportFault of it is a problem of that place, and null is answered. */
export function tried<T>(
  { problems }: Findings,
  place: string,
  id: string | null,
  step: () => T,
): T | null {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ImportFault)) throw error;
    problems.push({ place, id, fault: error.message });
    return null;
  }
}

/** Objects and lists within each other: expanded to its end, an export of the API has five. */
const NESTED_MAX = 20;

/**
 * Takes in a value of a JSON file: a list of the API's, an object, an array of them. `depth`: what
 * it lies in; what is nested beyond all exports is a problem.
 */
export function takeValue(into: Findings, value: unknown, place: string, depth = 0): void {
  if (depth > NESTED_MAX) {
    into.problems.push({ place, id: null, fault: `it is nested deeper than ${NESTED_MAX} levels` });
    return;
  }
  if (Array.isArray(value)) {
    for (const [i, one] of value.entries()) takeValue(into, one, `${place}[${i}]`, depth + 1);
    return;
  }
  const fields = fieldsOf(value);
  if (fields === null) {
    into.problems.push({ place, id: null, fault: 'it is no object' });
    return;
  }
  if (fields.object === 'list') takeValue(into, fields.data, `${place} data`, depth + 1);
  else takeObject(into, fields, place, depth);
}

function takeObject(into: Findings, fields: Fields, place: string, depth: number): void {
  const { object, id } = fields;
  const kind = KINDS.find((one) => one === object);
  if (typeof object !== 'string' || typeof id !== 'string')
    into.problems.push({ place, id: null, fault: 'it is no object of the Stripe API' });
  else if (kind === undefined) leaveOut(into, `objects of the kind ${object.slice(0, 40)}`);
  else if (fields.deleted === true) leaveOut(into, 'deleted customers');
  else {
    into.objects[kind].set(id, { fields, place });
    takeExpanded(into, fields, place, depth);
  }
}

/** What was expanded within an object is an object of its own. */
function takeExpanded(into: Findings, fields: Fields, place: string, depth: number): void {
  for (const key of ['customer', 'latest_charge', 'payment_intent', 'charge']) {
    const inner = fieldsOf(fields[key]);
    if (inner !== null && !isTaken(into, inner)) takeValue(into, inner, place, depth + 1);
  }
  for (const key of ['charges', 'refunds']) {
    const list = fieldsOf(fields[key])?.data;
    if (!Array.isArray(list)) continue;
    for (const inner of list.map(fieldsOf).filter((one) => one !== null))
      if (!isTaken(into, inner)) takeValue(into, inner, place, depth + 1);
  }
}

function isTaken({ objects }: Findings, { object, id }: Fields): boolean {
  const kind = KINDS.find((one) => one === object);
  return kind !== undefined && typeof id === 'string' && objects[kind].has(id);
}

/** What is to be done, customers before their payments, payments by their age. */
export interface ImportPlan {
  readonly customers: readonly Told<PastCustomer>[];
  readonly payments: readonly Told<PastPayment>[];
}

/** Puts together what belongs together; what does not hold is added to the problems. */
export function planOf(found: Findings): ImportPlan {
  const payments = [...found.rows, ...putTogether(found)].filter(({ past, place }) =>
    isSound(found, past.id, place, pastPaymentFault(past)),
  );
  const customers = new Map<string, Told<PastCustomer>>();
  const takeSound = (told: Told<PastCustomer>): void => {
    const { past, place } = told;
    if (isSound(found, past.id, place, pastCustomerFault(past))) customers.set(past.id, told);
  };
  for (const [id, { fields, place }] of found.objects.customer) {
    const past = tried(found, place, id, () => pastCustomer(fields));
    if (past !== null) takeSound({ past, place });
  }
  for (const { past, place } of payments) nameCustomer(found, past, place);
  // A payment's customer is there, if only by the id: he is made whole by another run.
  for (const [id, told] of found.named) if (!customers.has(id)) takeSound(told);
  const isWhole = ({ past: { id, customer }, place }: Told<PastPayment>): boolean => {
    const isThere = customer === null || customers.has(customer);
    return isSound(found, id, place, isThere ? null : 'its customer cannot be taken over');
  };
  return {
    customers: [...customers.values()],
    payments: payments.filter(isWhole).sort((a, b) => a.past.created - b.past.created),
  };
}

function isSound(found: Findings, id: string, place: string, fault: string | null): boolean {
  if (fault !== null) found.problems.push({ place, id, fault });
  return fault === null;
}

function nameCustomer({ named }: Findings, payment: PastPayment, place: string): void {
  const { customer: id, created } = payment;
  if (id === null || named.has(id)) return;
  const unknown = { email: null, name: null, phone: null, description: null };
  const rest = { metadata: {}, address: null, shipping: null, isWhole: false };
  named.set(id, { past: { id, created, ...unknown, ...rest }, place });
}

function putTogether(found: Findings): Told<PastPayment>[] {
  const { payment_intent: intents, charge: charges, refund: refunds } = found.objects;
  const chargesOf = grouped(charges, 'payment_intent');
  const refundsOf = grouped(refunds, 'charge');
  const refundsFor = (charge: Fields) => refundsOf.get(String(charge.id)) ?? [];
  const payments: Told<PastPayment>[] = [];
  const add = (id: string, { place }: Found, step: () => PastPayment): void => {
    const past = tried(found, place, id, step);
    if (past !== null) payments.push({ past, place });
  };
  for (const [id, intent] of intents) {
    const own = chargesOf.get(id) ?? [];
    if (!isIntentOver(intent.fields) || !own.every(isChargeOver))
      leaveOut(found, 'payments that are not over');
    else
      add(id, intent, () => {
        const { latest_charge: latest } = intent.fields;
        if (typeof latest === 'string' && !charges.has(latest))
          throw new ImportFault(`its charge ${latest} is in none of the files: add the charges`);
        return pastPayment(intent.fields, own, refundsFor);
      });
  }
  for (const [id, charge] of charges) {
    if (intents.has(idOf(charge.fields, 'payment_intent') ?? '')) continue;
    if (charge.fields.status === 'failed' || !isChargeOver(charge.fields))
      leaveOut(found, 'payments that are not over');
    else add(id, charge, () => pastCharge(charge.fields, refundsFor(charge.fields)));
  }
  for (const [id, { fields, place }] of refunds)
    if (!charges.has(idOf(fields, 'charge') ?? ''))
      found.problems.push({ place, id, fault: 'its charge is in none of the files' });
  return payments;
}

function isIntentOver({ status }: Fields): boolean {
  return status === 'succeeded' || status === 'canceled';
}

/** The id at a key; null also where it cannot be read: its own object says so. */
function idOf(fields: Fields, key: string): string | null {
  try {
    return idAt(fields, key);
  } catch {
    return null;
  }
}

/** Objects by the id that they name, oldest first. */
function grouped(objects: ReadonlyMap<string, Found>, key: string): Map<string, Fields[]> {
  const groups = new Map<string, Fields[]>();
  for (const { fields } of objects.values()) {
    const id = idOf(fields, key);
    if (id === null) continue;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [fields]);
    else group.push(fields);
  }
  for (const group of groups.values()) group.sort(byAge);
  return groups;
}

/** Of one second's tries those that failed came first: nothing is tried after a payment. */
function byAge(a: Fields, b: Fields): number {
  const failed = Number(b.status === 'failed') - Number(a.status === 'failed');
  return Number(a.created) - Number(b.created) || failed || (String(a.id) < String(b.id) ? -1 : 1);
}
