import { type ApiKey, isOver } from '../../../domain/api-key.js';
import type { ConfiguredIdentity } from '../../auth.js';
import type { View, WireObject } from './view.js';

const PREFIXES: Readonly<Record<string, string>> = {
  secret: 'sk',
  publishable: 'pk',
  restricted: 'rk',
};

function redacted(kind: string, hint: string, livemode: boolean): string {
  return `${PREFIXES[kind]}_${livemode ? 'live' : 'test'}_...${hint}`;
}

/** A stored key; of its text only a publishable key's, which is no secret. */
export function apiKeyView(key: ApiKey, { livemode, now }: View): WireObject {
  const ended = key.revokedAt === null ? 'expired' : 'revoked';
  return {
    id: key.id,
    object: 'api_key',
    created: key.created,
    expires_at: key.expiresAt,
    livemode,
    name: key.name,
    permissions: key.permissions,
    redacted_key: redacted(key.kind, key.hint, livemode),
    replaced_by: key.replacedBy,
    revoked_at: key.revokedAt,
    source: 'api',
    status: isOver(key, now) ? ended : 'active',
    type: key.kind,
    ...(key.text === null ? {} : { secret: key.text }),
  };
}

/** A key of the configuration: it is changed there, so there is little to tell. */
export function configuredKeyView(key: ConfiguredIdentity, { livemode }: View): WireObject {
  return {
    id: key.id,
    object: 'api_key',
    created: null,
    expires_at: null,
    livemode,
    name: null,
    permissions: key.permissions,
    redacted_key: redacted(key.kind, key.hint, livemode),
    replaced_by: null,
    revoked_at: null,
    source: 'configuration',
    status: 'active',
    type: key.kind,
  };
}

/** An ephemeral key. */
export function ephemeralKeyView(key: ApiKey, { livemode }: View): WireObject {
  return {
    id: key.id,
    object: 'ephemeral_key',
    associated_objects: [{ id: key.customer, type: 'customer' }],
    created: key.created,
    expires: key.expiresAt,
    livemode,
  };
}
