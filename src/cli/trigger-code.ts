import { randomBytes } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import { keyPairOf } from '../ed25519.js';
import { toBase58 } from '../wire/code/base58.js';
import {
  MessageSchema,
  RequestToReceiveBillSchema,
} from '../wire/code/proto/code/messaging/v1/messaging_pb.js';
import { CommandFailure } from './failure.js';
import { pause } from './merchant-command.js';
import type { Steps } from './trigger-payments.js';
import type { Scene } from './trigger-scene.js';

const SEED_BYTES = 32;
/** What a shop's coffee costs: below every limit of the dialect's. */
const ASKED = { currency: 'usd', nativeAmount: 2.5 };
/** A job calls the webhook a moment after the payment. */
const CALL_MS_MAX = 15_000;
const POLL_MS = 50;

/** A request of the Code dialect, made as a shop's server makes one, and paid with a card. */
async function payRequest(scene: Scene): Promise<void> {
  const { webhook } = scene;
  if (webhook === null)
    throw new CommandFailure(
      'Code tells of a payment by the webhook that its request names: add --webhook. See tender ' +
        "listen --events 'code:*'.",
    );
  const destination = keyPairOf(randomBytes(SEED_BYTES)).publicKey;
  const claim = `/admin/code/destinations/${toBase58(destination)}`;
  // Whose the address is decides whose the payment is.
  await scene.code('PUT', claim);
  try {
    const id = await ask(scene, destination, webhook);
    const path = `/admin/code/requests/${id}`;
    const { payment_intent } = await scene.code<{ payment_intent: string }>('GET', path);
    const card = { payment_method: 'pm_card_visa' };
    await scene.call('POST', `/v1/payment_intents/${payment_intent}/confirm`, card);
    await called(scene, id);
  } finally {
    await scene.code('DELETE', claim);
  }
}

/** Puts a request down and answers its id. */
async function ask(scene: Scene, destination: Uint8Array, webhook: string): Promise<string> {
  const rendezvous = keyPairOf(randomBytes(SEED_BYTES));
  const bill = create(RequestToReceiveBillSchema, {
    requestorAccount: { value: destination },
    exchangeData: { case: 'partial', value: ASKED },
  });
  const message = create(MessageSchema, { kind: { case: 'requestToReceiveBill', value: bill } });
  const intent = toBase58(rendezvous.publicKey);
  await scene.code('POST', '/v1/createIntent', {
    intent,
    message: Buffer.from(toBinary(RequestToReceiveBillSchema, bill)).toString('base64url'),
    signature: toBase58(rendezvous.sign(toBinary(MessageSchema, message))),
    webhook,
  });
  return intent;
}

/** Waits until the webhook was called, whatever its receiver answered. */
async function called(scene: Scene, id: string): Promise<void> {
  const endMs = performance.now() + CALL_MS_MAX;
  for (;;) {
    const path = `/admin/code/webhooks/${id}`;
    const { submitted } = await scene.code<{ submitted: { tries: unknown[] } }>('GET', path);
    if (submitted.tries.length > 0) return;
    if (performance.now() > endMs)
      throw new CommandFailure(`The webhook was not called within ${CALL_MS_MAX / 1000} s.`);
    await pause(POLL_MS);
  }
}

/** Steps for what the Code dialect tells of, by its state with `code:` before it. */
export const CODE_TRIGGERS: Readonly<Record<string, Steps>> = { 'code:submitted': payRequest };
