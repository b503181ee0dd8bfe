import type { MessageInput } from '../../../engine/rendezvous.js';
import type { Message } from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';

/** A message whose signature holds, and where it was sent to. */
export interface SentMessage {
  readonly message: Message;
  /** The rendezvous public key: its bytes, and in base58. */
  readonly rendezvous: Uint8Array;
  readonly id: string;
  /** The whole call as it came; null where the transport keeps none. */
  readonly received: Uint8Array | null;
  /** As it is to be kept. */
  readonly kept: MessageInput;
}
