import type { SetupIntent } from '../../../domain/setup.js';
import type { Need } from '../../../engine/command.js';
import {
  type ConfirmSetupOptions,
  cancelSetup,
  confirmSetup,
  createSetup,
  type SetupFields,
  updateSetup,
  verifySetupDeposits,
} from '../../../engine/setups.js';
import { checkSecret } from '../client-secret.js';
import { MANDATE, SETUP_ATTEMPT, SETUP_INTENT } from '../objects.js';
import type { Infer } from '../params.js';
import {
  act,
  changedMetadata,
  equals,
  idOf,
  keptFields,
  list,
  missingInPath,
  objectReply,
  refuse,
  type Showing,
  type StripeRequest,
  show,
  within,
} from '../request.js';
import { type Route, route } from '../route.js';
import { retrieveOnly } from '../schema/fields.js';
import {
  setupAttemptList,
  setupIntentCancel,
  setupIntentConfirm,
  setupIntentCreate,
  setupIntentList,
  setupIntentRetrieve,
  setupIntentUpdate,
  setupIntentVerify,
} from '../schema/setup-intents.js';
import { permissionInput } from './mandate-input.js';
import { typesSent } from './method-types.js';
import {
  automaticMethods,
  byDeposits,
  choiceOf,
  needsReturnUrl,
  refuseShopOnly,
  requestChallenge,
} from './payment-intents.js';

/** Parameters that the engine has no use for: kept with the setup, and shown. */
const KEPT = [
  'allowed_payment_method_types',
  'customer_account',
  'excluded_payment_method_types',
  'on_behalf_of',
  'payment_method_options',
] as const;

type Whole = Omit<Infer<typeof setupIntentCreate>, 'mandate_data'> &
  Infer<typeof setupIntentConfirm>;

/** Any of the three methods' parameters: each has a part of the whole. */
type Sent = { readonly [Name in keyof Whole]?: Whole[Name] | undefined };

function fieldsOf(sent: Sent): SetupFields {
  const fields: SetupFields = { wire: keptFields(sent, KEPT) };
  if (sent.customer !== undefined) fields.customer = sent.customer;
  if (sent.description !== undefined) fields.description = sent.description;
  if (sent.metadata !== undefined) fields.metadata = changedMetadata(sent.metadata);
  if (sent.usage !== undefined) fields.usage = sent.usage;
  if (sent.attach_to_self !== undefined) fields.attachToSelf = sent.attach_to_self;
  if (sent.flow_directions !== undefined) fields.flowDirections = [...sent.flow_directions];
  if (sent.single_use !== undefined) {
    const { amount, currency } = sent.single_use;
    fields.singleUse = { amount: Number(amount), currency };
  }
  return { ...fields, ...typesSent(sent) };
}

/** What the setup's options ask for a method of a type. */
function wishes(setup: SetupIntent, type: string) {
  const asksDeposits = type === 'us_bank_account' && byDeposits(setup);
  return { requestChallenge: requestChallenge(setup), byDeposits: asksDeposits };
}

function confirmOptions(sent: Sent, request: StripeRequest): ConfirmSetupOptions {
  return {
    mandate: permissionInput({ mandate_data: sent.mandate_data }, request),
    needsReturnUrl,
    returnUrl: sent.return_url ?? null,
    ...(sent.use_stripe_sdk === undefined ? {} : { inClient: sent.use_stripe_sdk }),
    wishes,
  };
}

function create(sent: Infer<typeof setupIntentCreate>, request: StripeRequest) {
  const fields = fieldsOf(sent);
  const automatic = automaticMethods(
    { ...sent, allowed_payment_method_types: sent.allowed_payment_method_types ?? undefined },
    request.apiVersion,
  );
  const command = createSetup(request.account, {
    ...fields,
    ...choiceOf(sent),
    wire: { ...fields.wire, automatic_payment_methods: automatic },
    ...(automatic === null ? { methodTypes: fields.methodTypes ?? ['card'] } : {}),
    confirm: sent.confirm === true ? confirmOptions(sent, request) : null,
  });
  return act(request, command, { kind: SETUP_INTENT, expand: sent.expand, makes: true });
}

/** Expansions start from the setup as it is stored. */
function showing(
  request: StripeRequest,
  expand: readonly string[] | undefined,
): Showing<'setups', SetupIntent> {
  const before = (need: Need) => need('setups', idOf(request));
  return { kind: SETUP_INTENT, expand, before };
}

async function retrieve(sent: Infer<typeof setupIntentRetrieve>, request: StripeRequest) {
  const id = idOf(request);
  const object = await show(request, SETUP_INTENT, id, sent.expand, (setup) =>
    checkSecret(request, 'SetupIntent', setup.clientSecret, sent.client_secret),
  );
  return object === null ? missingInPath(request, 'setup', id) : objectReply(object);
}

/** Refuses a browser that does not know the stored setup's secret. */
async function openWith(request: StripeRequest, secret: string | undefined): Promise<void> {
  if (!request.view.publishable && secret === undefined) return;
  const id = idOf(request);
  await request.engine.read(
    request.account,
    (need) => void need('setups', id),
    (rows) => {
      const setup = rows.get('setups', id);
      if (setup !== null) checkSecret(request, 'SetupIntent', setup.clientSecret, secret);
    },
  );
}

async function confirm(sent: Infer<typeof setupIntentConfirm>, request: StripeRequest) {
  refuseShopOnly(request, sent, ['allowed_payment_method_types']);
  await openWith(request, sent.client_secret);
  const input = { ...fieldsOf(sent), ...choiceOf(sent) };
  const command = confirmSetup(
    request.account,
    idOf(request),
    input,
    confirmOptions(sent, request),
  );
  return act(request, command, showing(request, sent.expand));
}

async function verify(sent: Infer<typeof setupIntentVerify>, request: StripeRequest) {
  await openWith(request, sent.client_secret);
  const { amounts = [], descriptor_code: descriptorCode } = sent;
  const answer = descriptorCode === undefined ? { amounts } : { descriptorCode };
  const command = verifySetupDeposits(request.account, idOf(request), answer);
  return act(request, command, showing(request, sent.expand));
}

/** The tries of one setup, which must exist. */
async function listAttempts(sent: Infer<typeof setupAttemptList>, request: StripeRequest) {
  const { setup_intent: id } = sent;
  const setup = await request.engine.read(
    request.account,
    (need) => void need('setups', id),
    (rows) => rows.get('setups', id),
  );
  if (setup === null)
    refuse(
      { failure: 'missing', kind: 'setup', id, where: 'body', param: 'setup_intent' },
      request.view,
    );
  const conditions = [...equals('setup', id), ...within('created', sent.created)];
  return list(request, { kind: SETUP_ATTEMPT, url: '/v1/setup_attempts', conditions }, sent);
}

const PATH = '/v1/setup_intents';

export const SETUP_INTENT_ROUTES: readonly Route[] = [
  route('POST', PATH, setupIntentCreate, create, {
    matches: 'all parameters; create, create and confirm; `usage` as sent',
    deviates: 'see "Parameters that are kept"',
  }),
  route(
    'GET',
    PATH,
    setupIntentList,
    (sent, request) => {
      const { attach_to_self: toSelf } = sent;
      const conditions = [
        ...equals('customer', sent.customer),
        ...equals('method', sent.payment_method),
        ...(toSelf === undefined
          ? []
          : [{ column: 'attachToSelf', comparison: 'eq' as const, value: Number(toSelf) }]),
        ...within('created', sent.created),
      ];
      return list(request, { kind: SETUP_INTENT, url: PATH, conditions }, sent);
    },
    { matches: 'customer, payment_method, attach_to_self, created, cursors, expand' },
  ),
  route('GET', `${PATH}/:id`, setupIntentRetrieve, retrieve, {
    publishable: true,
    matches: 'with a publishable key and the client secret: the fields for browsers',
  }),
  route('POST', `${PATH}/:id`, setupIntentUpdate, (sent, request) => {
    const input = { ...fieldsOf(sent), ...choiceOf(sent) };
    return act(
      request,
      updateSetup(request.account, idOf(request), input),
      showing(request, sent.expand),
    );
  }),
  route('POST', `${PATH}/:id/confirm`, setupIntentConfirm, confirm, {
    publishable: true,
    matches: 'with a publishable key too; 3-D Secure; mandates',
  }),
  route('POST', `${PATH}/:id/cancel`, setupIntentCancel, (sent, request) =>
    act(
      request,
      cancelSetup(request.account, idOf(request), sent.cancellation_reason ?? null),
      showing(request, sent.expand),
    ),
  ),
  route('POST', `${PATH}/:id/verify_microdeposits`, setupIntentVerify, verify, {
    publishable: true,
    matches: 'the magic amounts and codes of the sandbox; tries are counted',
  }),
  route('GET', '/v1/setup_attempts', setupAttemptList, listAttempts, {
    matches: 'setup_intent, created, cursors, expand',
  }),
  route('GET', '/v1/mandates/:id', retrieveOnly, async (sent, request) => {
    const object = await show(request, MANDATE, idOf(request), sent.expand);
    return object === null ? missingInPath(request, 'mandate', idOf(request)) : objectReply(object);
  }),
];
