import { INSTALLATION, type RendezvousMessage } from '../domain/rendezvous.js';
import { type Command, done } from './command.js';
import type { Work } from './work.js';

/** A message to be put down, as the dialect has made or received it. */
export type MessageInput = Pick<RendezvousMessage, 'uuid' | 'kind' | 'body' | 'signature'>;

/** Puts a message down at a rendezvous; `work` is over the installation's rows. */
export function putMessage(work: Work, request: string, input: MessageInput): RendezvousMessage {
  return work.insert('messages', {
    account: INSTALLATION,
    id: work.context.newId('msg_', 24),
    request,
    created: work.wallNow(),
    ...input,
  });
}

/** Removes messages that their receiver has, by their ids on the wire; answers how many. */
export function acknowledge(request: string, uuids: readonly string[]): Command<number> {
  const wanted = new Set(uuids);
  return {
    account: INSTALLATION,
    needs: (need) => void need.list('messages', 'request', request),
    decide: (work) => {
      const gone = work.list('messages', 'request', request).filter(({ uuid }) => wanted.has(uuid));
      for (const message of gone) work.remove('messages', message);
      return done(gone.length);
    },
  };
}
