import {
  ACCESS_LEVELS,
  type Access,
  type ApiKey,
  mayHaveKeys,
  type Permissions,
} from '../../../domain/api-key.js';
import {
  createEphemeralKey,
  createKey,
  deleteEphemeralKey,
  type NewKey,
  revokeKey,
  rollKey,
  updateKey,
} from '../../../engine/api-keys.js';
import type { Command } from '../../../engine/command.js';
import { API_KEY, EPHEMERAL_KEY } from '../access-objects.js';
import type { Infer } from '../params.js';
import {
  act,
  idOf,
  list,
  missingInPath,
  objectReply,
  Refusal,
  refuse,
  type StripeReply,
  type StripeRequest,
  show,
} from '../request.js';
import { type Route, route } from '../route.js';
import { retrieveOnly } from '../schema/fields.js';
import {
  apiKeyCreate,
  apiKeyList,
  apiKeyRoll,
  apiKeyUpdate,
  ephemeralKeyCreate,
} from '../schema/keys.js';
import { configuredKeyView } from '../view/api-key.js';
import { invalidRequest, missingParam, notOneOf } from '../wire-error.js';

const PATH = '/v1/api_keys';
const SECONDS_PER_HOUR = 3600;

const NOT_CONNECTED =
  'API keys belong to the platform: make this call without the Stripe-Account header.';

const NEEDS_VERSION =
  'This request requires an explicit `Stripe-Version` header: the version of the app that will ' +
  'use the ephemeral key.';

function demandOwn({ account }: StripeRequest): void {
  if (!mayHaveKeys(account)) throw new Refusal(invalidRequest(NOT_CONNECTED));
}

/** Refuses to change what the configuration names. */
function demandStored(request: StripeRequest): string {
  demandOwn(request);
  const id = idOf(request);
  if (request.access.keyring.configured(request.account).some((key) => key.id === id))
    refuse({ failure: 'key_configured', key: id }, request.view);
  return id;
}

function isAccess(value: unknown): value is Access {
  return ACCESS_LEVELS.some((level) => level === value);
}

function permissionsOf(sent: object, { access }: StripeRequest): Permissions {
  return Object.fromEntries(
    Object.entries(sent).map(([name, level]) => {
      const param = `permissions[${name.slice(0, 100)}]`;
      if (!access.resources.has(name))
        throw new Refusal(
          invalidRequest(`Received unknown parameter: ${param}`, param, 'parameter_unknown'),
        );
      if (!isAccess(level)) throw new Refusal(notOneOf(ACCESS_LEVELS, param));
      return [name, level];
    }),
  );
}

/** Runs a command that changes keys. */
async function change<V>(
  request: StripeRequest,
  command: Command<V>,
  row: (value: V) => ApiKey,
  expand: readonly string[] | undefined,
  secret: (value: V) => string | null = () => null,
): Promise<StripeReply> {
  const reply = await act(request, command, {
    kind: API_KEY,
    expand,
    row,
    finish: (object, value) => {
      const text = secret(value);
      return text === null ? object : { ...object, secret: text };
    },
  });
  request.access.keyring.forget(request.account);
  return reply;
}

/**
 * The same for a command that makes a key. Its answer holds a secret, and a repeated answer would
 * have to be kept as it was: these calls ignore the idempotency key.
 */
function changeToNew(
  request: StripeRequest,
  command: Command<NewKey>,
  expand: readonly string[] | undefined,
) {
  return change(
    { ...request, idempotency: null },
    command,
    ({ key }) => key,
    expand,
    ({ text }) => text,
  );
}

function create(sent: Infer<typeof apiKeyCreate>, request: StripeRequest) {
  demandOwn(request);
  const { type: kind, expires_at: expiresAt = null, name = null } = sent;
  if (expiresAt !== null && expiresAt <= request.engine.nowMs() / 1000)
    throw new Refusal(
      invalidRequest('Invalid expires_at: it must be in the future.', 'expires_at'),
    );
  const command = createKey(request.account, {
    kind,
    name,
    permissions: kind === 'restricted' ? permissionsOf(sent.permissions ?? {}, request) : null,
    expiresAt,
    livemode: request.view.livemode,
  });
  return changeToNew(request, command, sent.expand);
}

function listAll(sent: Infer<typeof apiKeyList>, request: StripeRequest) {
  demandOwn(request);
  const configured = request.access.keyring.configured(request.account);
  const value = ['active', 'ended'];
  return list(
    request,
    {
      kind: API_KEY,
      url: PATH,
      conditions: [{ column: 'state', comparison: 'in', value }],
      last: configured.map((key) => configuredKeyView(key, request.view)),
    },
    sent,
  );
}

async function retrieve(sent: Infer<typeof retrieveOnly>, request: StripeRequest) {
  demandOwn(request);
  const id = idOf(request);
  const { keyring } = request.access;
  const configured = keyring.configured(request.account).find((key) => key.id === id);
  if (configured !== undefined) return objectReply(configuredKeyView(configured, request.view));
  const object = await show(request, API_KEY, id, sent.expand, ({ state }) => {
    if (state === 'ephemeral') missingInPath(request, 'key', id);
  });
  return object === null ? missingInPath(request, 'key', id) : objectReply(object);
}

function update(sent: Infer<typeof apiKeyUpdate>, request: StripeRequest) {
  const { name, permissions } = sent;
  const command = updateKey(request.account, demandStored(request), {
    ...(name === undefined ? {} : { name }),
    ...(permissions === undefined ? {} : { permissions: permissionsOf(permissions, request) }),
  });
  return change(request, command, (key) => key, sent.expand);
}

function roll(sent: Infer<typeof apiKeyRoll>, request: StripeRequest) {
  const id = demandStored(request);
  const seconds = sent.expires_in_hours * SECONDS_PER_HOUR;
  const command = rollKey(request.account, id, seconds, request.view.livemode);
  return changeToNew(request, command, sent.expand);
}

function revoke(sent: Infer<typeof retrieveOnly>, request: StripeRequest) {
  const command = revokeKey(request.account, demandStored(request));
  return change(request, command, (key) => key, sent.expand);
}

function createEphemeral(sent: Infer<typeof ephemeralKeyCreate>, request: StripeRequest) {
  if (!request.access.namesVersion) throw new Refusal(invalidRequest(NEEDS_VERSION));
  if (sent.issuing_card !== undefined || sent.verification_session !== undefined)
    throw new Refusal(invalidRequest('Ephemeral keys can only be made for a customer here.'));
  if (sent.customer === undefined) throw new Refusal(missingParam('customer'));
  const command = createEphemeralKey(request.account, sent.customer, request.view.livemode);
  return act({ ...request, idempotency: null }, command, {
    kind: EPHEMERAL_KEY,
    expand: sent.expand,
    row: ({ key }) => key,
    finish: (object, { text }) => ({ ...object, secret: text }),
  });
}

async function endEphemeral(sent: Infer<typeof retrieveOnly>, request: StripeRequest) {
  const reply = await act(request, deleteEphemeralKey(request.account, idOf(request)), {
    kind: EPHEMERAL_KEY,
    expand: sent.expand,
  });
  request.access.keyring.forget(request.account);
  return reply;
}

const NO_REPLAY = 'the idempotency key is ignored: no secret is kept to be repeated';

export const API_KEY_ROUTES: readonly Route[] = [
  route('POST', PATH, apiKeyCreate, create, {
    matches: 'an addition: the secret is shown here only',
    deviates: NO_REPLAY,
  }),
  route('GET', PATH, apiKeyList, listAll, {
    matches: 'an addition: configured keys come last, without their secrets',
  }),
  route('GET', `${PATH}/:id`, retrieveOnly, retrieve, { matches: 'an addition' }),
  route('POST', `${PATH}/:id`, apiKeyUpdate, update, { matches: 'an addition' }),
  route('POST', `${PATH}/:id/roll`, apiKeyRoll, roll, {
    matches: 'an addition: the old key may work on for a week',
    deviates: NO_REPLAY,
  }),
  route('POST', `${PATH}/:id/revoke`, retrieveOnly, revoke, {
    matches: 'an addition: within 5 s in every process',
  }),
  route('POST', '/v1/ephemeral_keys', ephemeralKeyCreate, createEphemeral, {
    matches: 'for a customer, for an hour',
    deviates: `no issuing cards, no verification sessions; ${NO_REPLAY}`,
  }),
  route('DELETE', '/v1/ephemeral_keys/:id', retrieveOnly, endEphemeral),
];
