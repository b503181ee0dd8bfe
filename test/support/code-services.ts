import { createHash } from 'node:crypto';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { makeKeyring } from '../../src/api/auth.js';
import type { DomainFault, Domains } from '../../src/api/code/domains.js';
import { makeRates } from '../../src/api/code/rates.js';
import { makeSendMessage } from '../../src/api/code/requests/send-message.js';
import type { CallContext } from '../../src/api/code/service.js';
import { identityService } from '../../src/api/code/services/identity.js';
import { microPaymentService } from '../../src/api/code/services/micro-payment.js';
import type { CodeDependencies, CodeSettings } from '../../src/api/code/settings.js';
import type { Settlement } from '../../src/domain/settlement.js';
import { LIMITS } from '../../src/limits.js';
import { encodePayload, type Payload } from '../../src/wire/code/payload.js';
import {
  MessageSchema,
  SendMessageRequestSchema,
} from '../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import type { TestEngine } from './engine.js';
import { ACCOUNT } from './payments.js';
import { keyOfSeed, type TestKey } from './wallets.js';

/** The dialect's services as objects, with no transport between them and a test. */

/** The nonce of an idempotency key, as the published packages make it. */
export function nonceOf(idempotencyKey: string): Uint8Array {
  return createHash('sha256').update(idempotencyKey).digest().subarray(0, 11);
}

/** The key of a payload's rendezvous. */
export function rendezvousOf(payload: Payload): TestKey {
  return keyOfSeed(createHash('sha256').update(encodePayload(payload)).digest());
}

/** A rendezvous of a name's own, for ten dollars. */
export function tenDollars(idempotencyKey: string): TestKey {
  const nonce = nonceOf(idempotencyKey);
  return rendezvousOf({ kind: 'request_payment', currency: 'usd', hundredths: 1000n, nonce });
}

/** A message as a test writes it. */
export type MessageInit = MessageInitShape<typeof MessageSchema>;

/** The bytes of a message. */
export function messageBytes(message: MessageInit): Uint8Array {
  return toBinary(MessageSchema, create(MessageSchema, message));
}

/** The bytes of a call that sends a message, given by its own bytes, signed by the rendezvous. */
export function sendBytes(
  key: TestKey,
  message: Uint8Array,
  signature: Uint8Array = key.sign(message),
): Uint8Array {
  const rest = create(SendMessageRequestSchema, {
    rendezvousKey: { value: key.bytes },
    signature: { value: signature },
  });
  const length =
    message.length < 128 ? [message.length] : [(message.length & 127) | 128, message.length >> 7];
  return Uint8Array.of(0x0a, ...length, ...message, ...toBinary(SendMessageRequestSchema, rest));
}

/** What a transport adds to a call. */
export function contextOf(received: Uint8Array | null): CallContext {
  return { signal: new AbortController().signal, received, remoteAddress: '127.0.0.1' };
}

export interface TestServicesOptions {
  readonly settings?: Partial<CodeSettings>;
  readonly messages_per_request_max?: number;
  /** What a chain says against addresses; without it there is no chain. */
  readonly destinationFault?: Settlement['destinationFault'];
  /** Keys of domains; what is not here publishes nothing. */
  readonly domainKeys?: Readonly<Record<string, string>>;
}

/** The parts of the dialect that are about requests, over an engine. */
export function makeTestServices(
  { engine, clock, keys }: TestEngine,
  options: TestServicesOptions = {},
) {
  const errors: string[] = [];
  const { domainKeys = {}, messages_per_request_max = 256, destinationFault } = options;
  const deps: CodeDependencies = {
    engine,
    keyring: makeKeyring({ mode: 'sandbox', apiKeys: null, keyring_keys_max: 100 }),
    settings: {
      limits: 'usd250',
      errors: 'status',
      acceptsUnsigned: true,
      code_request_expires_hours: 24,
      domainOrigins: {},
      ...options.settings,
    },
    limits: { ...LIMITS.code, messages_per_request_max },
    defaultMerchant: ACCOUNT,
    settlement: destinationFault === undefined ? null : chainWith(destinationFault),
    sequencerSeed: keys.seed('sequencer'),
    intentCodesSeed: keys.seed('intent-codes'),
    mode: 'sandbox',
    addresses: { allowLoopback: true, allowPrivate: false },
    isShared: false,
    publicUrl: () => 'http://127.0.0.1',
    nowMs: () => clock.ms,
    rates: makeRates(() => clock.ms),
    logError: (error, what) => void errors.push(`${what}: ${error}`),
  };
  const domains = fixedDomains(domainKeys);
  const sendMessage = makeSendMessage(deps, domains);
  return {
    deps,
    errors,
    identity: identityService(deps, domains),
    microPayment: microPaymentService(deps),
    /** Sends as a transport does: the call's bytes are decoded, and handed on. */
    send: (bytes: Uint8Array) =>
      sendMessage(fromBinary(SendMessageRequestSchema, bytes), contextOf(bytes)),
    /** As a transport that keeps no bytes. */
    sendDecoded: (bytes: Uint8Array) =>
      sendMessage(fromBinary(SendMessageRequestSchema, bytes), contextOf(null)),
  };
}

function fixedDomains(keys: Readonly<Record<string, string>>): Domains {
  return {
    check: async (domain, verifier): Promise<DomainFault | null> => {
      const key = keys[domain];
      if (key === verifier) return null;
      if (key === undefined)
        return { code: 'unauthenticated', text: 'error veryfing domain ownership: no such host' };
      return { code: 'permission_denied', text: `${verifier} does not own domain ${domain}` };
    },
  };
}

/** A chain that is asked about addresses, and about nothing else. */
function chainWith(destinationFault: Settlement['destinationFault']): Settlement {
  const unasked = (): never => {
    throw new Error('requests ask a chain about addresses only');
  };
  return {
    mint: '',
    feeAddress: '',
    prepare: unasked,
    balance: unasked,
    addressOf: unasked,
    destinationFault,
    airdrop: null,
  };
}
