import { create, toBinary } from '@bufbuild/protobuf';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import {
  ClientRejectedLoginSchema,
  ClientRejectedPaymentSchema,
  CodeScannedSchema,
  type Message,
  MessageSchema,
  Messaging,
  PollMessagesRequestSchema,
} from '../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import { rendezvousOf, type Signer } from './curve.js';
import { WalletError } from './errors.js';
import type { LoginOffer, PaymentOffer } from './offers.js';
import { signed } from './signed.js';
import type { Means } from './wallet.js';

/** The messages that wait at a rendezvous, oldest first. */
export async function poll({ transport }: Means, rendezvous: Signer): Promise<Message[]> {
  const rendezvousKey = { value: rendezvous.publicKey };
  const request = await signed(PollMessagesRequestSchema, { rendezvousKey }, rendezvous);
  return (await transport.call(Messaging.method.pollMessages, request)).messages;
}

async function leave(
  { transport }: Means,
  rendezvous: Signer,
  kind: Message['kind'],
): Promise<void> {
  const message = create(MessageSchema, { kind });
  const value = await rendezvous.sign(toBinary(MessageSchema, message));
  await transport.call(Messaging.method.sendMessage, {
    message,
    rendezvousKey: { value: rendezvous.publicKey },
    signature: { value },
  });
}

/** Tells the shop that its code was scanned; a shop that cannot be told can still be paid. */
export async function tellScanned(means: Means, rendezvous: Signer): Promise<void> {
  const value = create(CodeScannedSchema, { timestamp: timestampNow() });
  try {
    await leave(means, rendezvous, { case: 'codeScanned', value });
  } catch (error) {
    if (!(error instanceof WalletError)) throw error;
  }
}

/** Tells the shop that its request is refused. */
export async function reject(means: Means, offer: PaymentOffer | LoginOffer): Promise<void> {
  const rendezvous = await rendezvousOf(offer.payload, means.keys.curve);
  if (offer.kind === 'login') {
    const value = create(ClientRejectedLoginSchema, { timestamp: timestampNow() });
    await leave(means, rendezvous, { case: 'clientRejectedLogin', value });
    return;
  }
  const value = create(ClientRejectedPaymentSchema, { intentId: { value: rendezvous.publicKey } });
  await leave(means, rendezvous, { case: 'clientRejectedPayment', value });
}
