import type { Messaging } from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import type { Domains } from '../domains.js';
import { makeSendMessage } from '../requests/send-message.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';
import { makeHub } from '../streams/hub.js';
import { makeKeepAlive } from '../streams/keep-alive.js';
import { openStreams } from '../streams/open-stream.js';
import { makeAckMessages, makePollMessages } from '../streams/waiting.js';

/** The Messaging service, with the streams that it has open. */
export interface MessagingService {
  readonly service: Service<typeof Messaging>;
  readonly openStreams: number;
  /** Ends every stream with an error that lets its caller open it again elsewhere or later. */
  stop(): void;
}

/** Builds the Messaging service: what wallets and pages tell each other at a rendezvous. */
export function messagingService(deps: CodeDependencies, domains: Domains): MessagingService {
  const hub = makeHub(deps);
  const keepAlive = makeKeepAlive(deps.limits);
  return {
    service: {
      sendMessage: makeSendMessage(deps, domains),
      ...openStreams(deps, hub, keepAlive),
      pollMessages: makePollMessages(deps),
      ackMessages: makeAckMessages(deps),
    },
    get openStreams() {
      return hub.open;
    },
    stop: () => {
      hub.stop();
      keepAlive.stop();
    },
  };
}
