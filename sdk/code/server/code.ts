import type { Signer } from '../../wallet/curve.js';
import type { ConnectionOptions } from './fetching.js';
import {
  type CreatedIntent,
  type CreateOptions,
  createLogin,
  createPayment,
  getStatus,
  getUserId,
  type IntentQuery,
  type IntentStatus,
  registerWebhook,
} from './intents.js';
import { type AnySigner, signerOfSeed } from './signers.js';
import { makeVerifier, type VerifyOptions, type WebhookClaims } from './webhooks.js';

/**
 * What a shop's server does with Code, in the shape of the published client. Unlike that one,
 * everything here throws when it was not done: what returns has happened.
 */
export interface Code {
  readonly paymentIntents: {
    create(options: CreateOptions): Promise<CreatedIntent>;
    getStatus(query: IntentQuery): Promise<IntentStatus>;
  };
  readonly loginIntents: {
    create(options: CreateOptions): Promise<CreatedIntent>;
    getStatus(query: IntentQuery): Promise<IntentStatus>;
    getUserId(
      query: IntentQuery & { readonly verifier: AnySigner },
    ): Promise<{ userId: string | undefined }>;
  };
  readonly webhooks: {
    register(options: IntentQuery & { readonly url: string }): Promise<void>;
    /** Reads the body of a webhook. */
    verify(jwt: string | Uint8Array, options?: VerifyOptions): Promise<WebhookClaims>;
  };
  /** The signer of a domain's key: its ed25519 seed of 32 bytes, as bytes or in base58. */
  signerOf(seed: Uint8Array | string): Promise<Signer>;
}

/**
 * Makes the client of a sequencer. `endpoint` may be left out and be named in every call instead,
 * as with the published client; what a call names goes first.
 */
export function makeCode(defaults: ConnectionOptions = {}): Code {
  const verify = makeVerifier();
  return {
    paymentIntents: {
      create: (options) => createPayment({ ...defaults, ...options }),
      getStatus: (query) => getStatus({ ...defaults, ...query }),
    },
    loginIntents: {
      create: (options) => createLogin({ ...defaults, ...options }),
      getStatus: (query) => getStatus({ ...defaults, ...query }),
      getUserId: (query) => getUserId({ ...defaults, ...query }),
    },
    webhooks: {
      register: (options) => registerWebhook({ ...defaults, ...options }),
      verify: (jwt, options = {}) => verify(jwt, { ...defaults, ...options }),
    },
    signerOf: (seed) => signerOfSeed(seed),
  };
}
