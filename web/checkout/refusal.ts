import { refusalText } from '../../sdk/browser/messages.js';
import type { CheckoutState } from '../../src/api/checkout/schema.js';
import type { FaultCode as FieldFault } from '../frames/verdict.js';
import type { Outcome } from './calls.js';
import { filled, type Speech } from './texts.js';

/** What to say of the last try, and what to do next; null where it did not fail. */
export function declineText({ lastError }: CheckoutState, speech: Speech): string | null {
  if (lastError === null) return null;
  const { language, texts } = speech;
  const { code, message } = lastError;
  const isBanks = code === 'authentication_failed' || code.endsWith('_authentication_failure');
  const known = isBanks ? texts.notConfirmed : refusalText(language, code, code);
  const own = known ?? (language === 'en' ? null : refusalText(language, 'card_declined', null));
  return `${own ?? message} ${texts.kept}`;
}

type Fault = Extract<Outcome<unknown>, { kind: 'fault' }>;

/** Whether something has changed meanwhile, so that the page shows what is no longer. */
export function isStale({ fault }: Fault): boolean {
  return fault.code === 'over' || fault.code === 'method_unavailable';
}

/** What is said of a field that the server finds wrong, by the field's name. */
const FIELD_FAULTS: Readonly<Record<string, FieldFault>> = {
  number: 'invalid_number',
  expMonth: 'invalid_expiry_year',
  expYear: 'invalid_expiry_year',
  cvc: 'incomplete_cvc',
  iban: 'invalid_iban',
  routingNumber: 'invalid_routing_number',
  accountNumber: 'incomplete_account_number',
  email: 'invalid_email',
};

/** What to say of a call that was refused. */
export function faultText(
  { status, fault }: Fault,
  { language, texts, fields }: Speech,
  shop: string,
): string {
  const { code, message, field } = fault;
  if (code === 'too_many_tries') return filled(texts.tooMany, { shop });
  if (code === 'too_many_receipts') return texts.sentEnough;
  if (code === 'busy' || status === 429 || status === 503) return texts.busy;
  if (code === 'over' || code === 'method_unavailable') return texts.changed;
  if (status >= 500 || message === '') return `${texts.trouble}. ${texts.troubleText}`;
  if (language === 'en') return message;
  const known = FIELD_FAULTS[field?.split('.').at(-1) ?? ''];
  return refusalText(language, code, null) ?? (known ? fields.faults[known] : texts.check);
}
