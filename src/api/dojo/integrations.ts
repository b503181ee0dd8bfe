import type { Account } from '../../domain/account.js';
import type { Json, JsonObject } from '../../domain/json.js';
import { markAccount } from '../../engine/accounts.js';
import { type Command, done, refused } from '../../engine/command.js';
import type { Work } from '../../engine/work.js';

/** Something that a till's software can be asked to do. Times are business time, Unix seconds. */
export type Capability = { name: string; version: string; updated: number };

/** Where a till's software listens. */
export type RestIntegration = {
  url: string;
  capabilities: Capability[];
  created: number;
  /** How Dojo would sign in; the password is sealed, and never shown. */
  basic: { username: string; sealed: string } | null;
};

/** A till's software that calls by itself. */
export type WsIntegration = { capabilities: Capability[]; created: number };

/** What an account has registered: `wire.dojo.integrations` of its row. */
export interface Integrations {
  readonly rest: readonly RestIntegration[];
  readonly ws: readonly WsIntegration[];
}

/** Addresses of one account; its row is read with every command, so it stays small. */
export const REST_INTEGRATIONS_MAX = 5;

/** What the account has registered. */
export function integrationsOf({ wire }: Account): Integrations {
  const { integrations } = (wire.dojo ?? {}) as { integrations?: Integrations };
  return integrations ?? { rest: [], ws: [] };
}

function keep(work: Work, integrations: Integrations): Integrations {
  const dojo = { ...(work.account().wire.dojo as JsonObject | undefined) };
  markAccount(work, { dojo: { ...dojo, integrations: integrations as unknown as Json } });
  return integrations;
}

/** Where a till's software listens, as it is registered. */
export interface RestInput {
  readonly url: string;
  readonly capabilities: readonly Omit<Capability, 'updated'>[];
  readonly basic: { readonly username: string; readonly password: string } | null;
}

function updatedAt(now: number, capabilities: RestInput['capabilities']): Capability[] {
  return capabilities.map(({ name, version }) => ({ name, version, updated: now }));
}

/** Registers an address, in place of what was registered for it. Errors: limit_reached. */
export function putRestIntegration(account: string, input: RestInput): Command<Integrations> {
  return {
    account,
    // The account's own row is loaded with every command.
    needs: () => {},
    decide: (work) => {
      const { rest, ...others } = integrationsOf(work.account());
      const before = rest.find(({ url }) => url === input.url);
      const max = REST_INTEGRATIONS_MAX;
      if (before === undefined && rest.length >= max)
        return refused({ failure: 'limit_reached', what: 'REST integrations', max });
      const now = work.now();
      const { url, basic } = input;
      const registered: RestIntegration = {
        url,
        capabilities: updatedAt(now, input.capabilities),
        created: before?.created ?? now,
        basic: basic && {
          username: basic.username,
          sealed: work.context.vault.sealSecret(basic.password, account),
        },
      };
      const kept = rest.filter((one) => one !== before);
      return done(keep(work, { ...others, rest: [...kept, registered] }));
    },
  };
}

/** Registers what calls by WebSocket, in place of what did before. */
export function putWsIntegration(
  account: string,
  capabilities: RestInput['capabilities'],
): Command<Integrations> {
  return {
    account,
    needs: () => {},
    decide: (work) => {
      const integrations = integrationsOf(work.account());
      const now = work.now();
      const created = integrations.ws[0]?.created ?? now;
      const ws = [{ capabilities: updatedAt(now, capabilities), created }];
      return done(keep(work, { ...integrations, ws }));
    },
  };
}
