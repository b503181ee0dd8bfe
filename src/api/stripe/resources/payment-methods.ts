import type { PaymentMethod } from '../../../domain/payment-method.js';
import {
  attachMethod,
  createMethod,
  createToken,
  detachMethod,
  type MethodChanges,
  updateMethod,
} from '../../../engine/methods.js';
import { PAYMENT_METHOD, TOKEN } from '../objects.js';
import type { Infer } from '../params.js';
import {
  act,
  changedMetadata,
  equals,
  idOf,
  list,
  missingInPath,
  objectReply,
  Refusal,
  type Showing,
  type StripeRequest,
  show,
} from '../request.js';
import { type Route, route } from '../route.js';
import {
  paymentMethodAttach,
  paymentMethodCreate,
  paymentMethodDetach,
  paymentMethodList,
  paymentMethodRetrieve,
  paymentMethodUpdate,
} from '../schema/payment-methods.js';
import { tokenCreate, tokenRetrieve } from '../schema/tokens.js';
import { invalidRequest } from '../wire-error.js';
import { billingInput, cardInput, methodInput } from './method-input.js';

function showing(
  id: string,
  expand: readonly string[] | undefined,
): Showing<'methods', PaymentMethod> {
  return { kind: PAYMENT_METHOD, expand, before: (need) => need('methods', id) };
}

function create(sent: Infer<typeof paymentMethodCreate>, request: StripeRequest) {
  if (sent.payment_method !== undefined)
    throw new Refusal(
      invalidRequest(
        'Cloning a PaymentMethod of another account is not supported.',
        'payment_method',
      ),
    );
  const command = createMethod(request.account, methodInput(sent));
  return act(request, command, { kind: PAYMENT_METHOD, expand: sent.expand });
}

async function retrieve(
  sent: Infer<typeof paymentMethodRetrieve>,
  request: StripeRequest,
): Promise<Awaited<ReturnType<typeof create>>> {
  const id = idOf(request);
  const object = await show(request, PAYMENT_METHOD, id, sent.expand);
  if (object !== null) return objectReply(object);
  // The name of a test card stands for a new method wherever an id does, reading included.
  if (!id.startsWith('pm_card_')) {
    missingInPath(request, 'method', id);
  }
  const command = updateMethod(request.account, id, {});
  return act({ ...request, idempotency: null }, command, showing(id, sent.expand));
}

function update(sent: Infer<typeof paymentMethodUpdate>, request: StripeRequest) {
  const changes: MethodChanges = {};
  if (sent.billing_details !== undefined) changes.billing = billingInput(sent.billing_details);
  if (sent.metadata !== undefined) changes.metadata = changedMetadata(sent.metadata);
  if (sent.allow_redisplay !== undefined)
    changes.allowRedisplay = sent.allow_redisplay as PaymentMethod['allowRedisplay'];
  const { exp_month, exp_year } = sent.card ?? {};
  if (exp_month !== undefined || exp_year !== undefined)
    changes.expiry = {
      ...(exp_month === undefined ? {} : { expMonth: exp_month }),
      ...(exp_year === undefined ? {} : { expYear: exp_year }),
    };
  const id = idOf(request);
  return act(request, updateMethod(request.account, id, changes), showing(id, sent.expand));
}

function listAll(sent: Infer<typeof paymentMethodList>, request: StripeRequest) {
  // Without a customer there is nothing to list: loose methods belong to nobody.
  const owner = sent.customer ?? '';
  const conditions = [...equals('customer', owner), ...equals('type', sent.type)];
  return list(request, { kind: PAYMENT_METHOD, url: '/v1/payment_methods', conditions }, sent);
}

async function tokenShown(sent: Infer<typeof tokenRetrieve>, request: StripeRequest) {
  const id = idOf(request);
  const object = await show(request, TOKEN, id, sent.expand);
  if (object !== null) return objectReply(object);
  return missingInPath(request, 'token', id);
}

function tokenCreated(sent: Infer<typeof tokenCreate>, request: StripeRequest) {
  const { card } = sent;
  if (typeof card === 'string' || (card === undefined && sent.cvc_update === undefined))
    throw new Refusal(
      invalidRequest('Only tokens of a typed card or of a security code can be made here.'),
    );
  const command = createToken(request.account, {
    card: card === undefined ? null : typedCard(card),
    billing: card === undefined ? {} : tokenBilling(card),
    cvcUpdate: sent.cvc_update !== undefined,
    clientIp: request.remoteAddress,
  });
  return act(request, command, { kind: TOKEN, expand: sent.expand });
}

type TokenCard = Exclude<NonNullable<Infer<typeof tokenCreate>['card']>, string>;

function typedCard(card: TokenCard) {
  const input = cardInput(card);
  return input !== null && 'number' in input ? input : null;
}

function tokenBilling(card: TokenCard) {
  return {
    name: card.name ?? null,
    address: {
      city: card.address_city ?? null,
      country: card.address_country ?? null,
      line1: card.address_line1 ?? null,
      line2: card.address_line2 ?? null,
      postal_code: card.address_zip ?? null,
      state: card.address_state ?? null,
    },
  };
}

const PATH = '/v1/payment_methods';

export const PAYMENT_METHOD_ROUTES: readonly Route[] = [
  route('POST', PATH, paymentMethodCreate, create, {
    publishable: true,
    matches: 'cards, typed or by token, `sepa_debit`, `us_bank_account`, `customer_balance`',
    deviates: 'other types are kept and shown, but nothing pays with them yet',
  }),
  route('GET', PATH, paymentMethodList, listAll, { matches: 'by customer and type' }),
  route('GET', `${PATH}/:id`, paymentMethodRetrieve, retrieve, {
    matches: '`pm_card_…` makes a method each time',
  }),
  route('POST', `${PATH}/:id`, paymentMethodUpdate, update),
  route(
    'POST',
    `${PATH}/:id/attach`,
    paymentMethodAttach,
    (sent, request) => {
      const customer = sent.customer ?? sent.customer_account ?? '';
      const command = attachMethod(request.account, idOf(request), customer);
      return act(request, command, {
        ...showing(idOf(request), sent.expand),
        // Expansions start from the customer that it will have.
        before: (need) => {
          const method = need('methods', idOf(request));
          return method && { ...method, customer };
        },
      });
    },
    { matches: 'the bank is asked' },
  ),
  route('POST', `${PATH}/:id/detach`, paymentMethodDetach, (sent, request) =>
    act(request, detachMethod(request.account, idOf(request)), showing(idOf(request), sent.expand)),
  ),
  route('POST', '/v1/tokens', tokenCreate, tokenCreated, {
    publishable: true,
    matches: 'cards and CVC updates',
    deviates: 'no tokens of bank accounts, persons, accounts, PII',
  }),
  route('GET', '/v1/tokens/:id', tokenRetrieve, tokenShown, { publishable: true }),
];
