import { type Identity, makeKeyring } from '../api/auth.js';
import { stripeError } from '../api/stripe/errors.js';
import { API_VERSION } from '../api/stripe/events.js';
import { apiKeyView, configuredKeyView } from '../api/stripe/view/api-key.js';
import type { View, WireObject } from '../api/stripe/view/view.js';
import type { Config } from '../config.js';
import type { ApiKey, Permissions } from '../domain/api-key.js';
import type { Failure } from '../domain/errors.js';
import { createKey, findKey, type NewKey, revokeKey, rollKey } from '../engine/api-keys.js';
import type { Command } from '../engine/command.js';
import type { Engine } from '../engine/engine.js';
import { CommandFailure } from './failure.js';
import type { MerchantApi } from './merchant-api.js';

/** An API key as the Stripe dialect's `/v1/api_keys` shows it. */
export interface ShownKey {
  readonly id: string;
  readonly type: string;
  readonly name: string | null;
  readonly redacted_key: string;
  readonly status: string;
  readonly source: 'api' | 'configuration';
  /** Unix seconds; null for a key of the configuration. */
  readonly created: number | null;
  readonly expires_at: number | null;
  readonly permissions: Permissions | null;
  /** The key itself: of a new one, and always of a publishable one. */
  readonly secret?: string;
}

/** What a new key is to be. */
export interface KeyFields {
  readonly kind: 'secret' | 'publishable' | 'restricted';
  readonly name: string | null;
  /** Of a restricted key. */
  readonly permissions: Permissions | null;
}

/** Where an account's keys are managed: a running server, or its store. Throws CommandFailure. */
export interface KeyDesk {
  /** All keys, those of the configuration last. */
  list(): Promise<ShownKey[]>;
  create(fields: KeyFields): Promise<ShownKey>;
  /** Another key in the place of one, which works on for so many hours. */
  roll(id: string, hours: number): Promise<ShownKey>;
  revoke(id: string): Promise<ShownKey>;
}

const PATH = '/v1/api_keys';
const PAGE_KEYS = 100;

/** The keys of an account on a running server. */
export function servedDesk(api: MerchantApi): KeyDesk {
  const at = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;
  return {
    list: async () => {
      const keys: ShownKey[] = [];
      for (;;) {
        const after = keys.at(-1)?.id;
        const page = await api.stripe<{ data: ShownKey[]; has_more: boolean }>('GET', PATH, {
          limit: PAGE_KEYS,
          starting_after: after,
        });
        keys.push(...page.data);
        if (!page.has_more) return keys;
      }
    },
    create: ({ kind, name, permissions }) =>
      api.stripe('POST', PATH, {
        type: kind,
        ...(name === null ? {} : { name }),
        ...(permissions === null ? {} : { permissions }),
      }),
    roll: (id, hours) => api.stripe('POST', `${at(id)}/roll`, { expires_in_hours: hours }),
    revoke: (id) => api.stripe('POST', `${at(id)}/revoke`),
  };
}

/**
 * The keys of an account in a store that no server works on, or that servers share: those notice
 * within seconds. `text` is a secret key of the account's.
 */
export async function storeDesk(config: Config, engine: Engine, text: string): Promise<KeyDesk> {
  const { mode, apiKeys, limits } = config;
  const livemode = mode === 'live';
  const keyring = makeKeyring({
    ...{ mode, apiKeys },
    keyring_keys_max: limits.keyring_keys_max,
    stored: {
      find: (account, digest) => findKey(engine, account, digest),
      nowMs: Date.now,
      keyring_fresh_ms: limits.keyring_fresh_ms,
    },
  });
  const { account, kind }: Partial<Identity> = ownerOf(await keyring.identify(text));
  if (kind !== 'secret') throw new CommandFailure('Keys are managed with a secret key.');
  const view = (): View => ({
    ...{ livemode, publishable: false, publicUrl: '', accountId: account, version: API_VERSION },
    now: Math.floor(engine.nowMs() / 1000),
  });
  const configured = keyring.configured(account);
  const run = async <T>(command: Command<T>): Promise<T> => {
    const made = (await engine.background(command)) as T | Failure;
    if (isRefused(made)) throw new CommandFailure(stripeError(made, view()).message);
    return made;
  };
  const demandStored = (id: string): void => {
    if (!configured.some((key) => key.id === id)) return;
    const { message } = stripeError({ failure: 'key_configured', key: id }, view());
    throw new CommandFailure(message);
  };
  const shown = (object: WireObject): ShownKey => object as unknown as ShownKey;
  const showNew = ({ key, text: secret }: NewKey): ShownKey =>
    shown({ ...apiKeyView(key, view()), secret });
  return {
    list: async () => [
      ...(await storedKeys(engine, account)).map((key) => shown(apiKeyView(key, view()))),
      ...configured.map((key) => shown(configuredKeyView(key, view()))),
    ],
    create: async (fields) =>
      showNew(await run(createKey(account, { ...fields, expiresAt: null, livemode }))),
    roll: async (id, hours) => {
      demandStored(id);
      return showNew(await run(rollKey(account, id, hours * 3600, livemode)));
    },
    revoke: async (id) => {
      demandStored(id);
      return shown(apiKeyView(await run(revokeKey(account, id)), view()));
    },
  };
}

function ownerOf(known: Awaited<ReturnType<ReturnType<typeof makeKeyring>['identify']>>): Identity {
  if (known === null || known === 'expired')
    throw new CommandFailure('The key opens no account. Give one by --key or TENDER_SECRET_KEY.');
  return known;
}

function isRefused(made: unknown): made is Failure {
  return typeof made === 'object' && made !== null && 'failure' in made;
}

/** Newest first, as the API lists them; ephemeral ones are not for a person to manage. */
async function storedKeys(engine: Engine, account: string): Promise<ApiKey[]> {
  const keys: ApiKey[] = [];
  for (;;) {
    const last = keys.at(-1);
    const page = await engine.page({
      table: 'keys',
      account,
      conditions: [{ column: 'state', comparison: 'in', value: ['active', 'ended'] }],
      limit: PAGE_KEYS,
      ...(last === undefined ? {} : { olderThan: last.id }),
    });
    keys.push(...page);
    if (page.length < PAGE_KEYS) return keys;
  }
}
