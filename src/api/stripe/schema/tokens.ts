import { either, enumeration, expand, hash, id, openHash, required, string } from '../params.js';
import { invalidRequest } from '../wire-error.js';
import { browserFields, clearable, typedCard } from './fields.js';
import { currency } from './formats.js';

const bankAccount = hash({
  account_holder_name: clearable(),
  account_holder_type: enumeration(['company', 'individual']),
  account_number: required(string()),
  account_type: enumeration(['checking', 'futsu', 'savings', 'toza']),
  country: required(string()),
  currency: currency(),
  payment_method: id(),
  routing_number: string(),
});

const kinds = ['account', 'bank_account', 'card', 'cvc_update', 'person', 'pii'] as const;

/**
 * `POST /v1/tokens`; a publishable key is enough. Tokens of accounts and persons belong to
 * onboarding, which Tender does not do: their hashes are known but open.
 */
export const tokenCreate = hash(
  {
    ...browserFields,
    account: openHash(),
    bank_account: either(id(), bankAccount),
    card: either(id(), typedCard),
    customer: id(),
    cvc_update: hash({ cvc: required(string()) }),
    expand: expand(),
    person: openHash(),
    pii: hash({ id_number: string() }),
  },
  (sent) =>
    kinds.some((kind) => sent[kind] !== undefined) || sent.customer !== undefined
      ? null
      : invalidRequest(
          'You must supply either a card, customer, PII data, bank account, or account to ' +
            'create a token.',
        ),
);

/** `GET /v1/tokens/:id` */
export const tokenRetrieve = hash({ ...browserFields, expand: expand() });
