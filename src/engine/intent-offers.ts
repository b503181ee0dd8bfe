import type { Intent } from '../domain/intent.js';
import { INSTALLATION, type RequestTerms } from '../domain/rendezvous.js';
import { type Command, done, refused } from './command.js';
import { claim } from './destinations.js';
import { type MessageInput, putMessage } from './rendezvous.js';
import { isRetired, putRequest, tooManyMessages } from './requests.js';
import { isOpenToWallets } from './submissions.js';
import type { Work } from './work.js';

/** Codes that one intent may have: one for each sum that it asks for while its customer decides. */
const OFFERS_PER_INTENT_MAX = 50;

/** The request of a code that the server itself makes for an intent. */
export interface OfferInput {
  readonly merchant: string;
  readonly intent: string;
  /** The rendezvous public key, base58: another one for each sum. */
  readonly id: string;
  /** To whose address: that which stands for the merchant's ledger account. */
  readonly terms: RequestTerms;
  readonly message: MessageInput;
  /** Messages that may wait at one rendezvous. */
  readonly messages_max: number;
}

/** Whether a wallet could pay an intent that another dialect has made, were it asked to now. */
export function takesOffers(intent: Intent): boolean {
  // Code's own intents have a rendezvous, and say themselves who is paid.
  return isOpenToWallets(intent) && intent.captureMethod !== 'manual' && intent.dialect !== 'code';
}

/**
 * Puts a request down at which wallets can pay an intent that is there; the same once more only
 * sees to it that its message lies there. Answers false where a wallet cannot pay the intent, or
 * not this sum. Errors: limit_reached.
 */
export function offerIntent(input: OfferInput): Command<boolean> {
  const { merchant, intent: intentId, id, terms } = input;
  return {
    account: INSTALLATION,
    needs: (need) => {
      need('requests', id);
      need.list('requests', 'intent', intentId);
      need.list('messages', 'request', id);
      need('destinations', terms.destination);
      need.of(merchant)('intents', intentId);
    },
    decide: (work) => {
      const intent = work.of(merchant).get('intents', intentId);
      if (intent === null || !takesOffers(intent) || isRetired(terms, intent)) return done(false);
      if (!standsForLedger(work, input)) return done(false);
      if (work.get('requests', id) === null) {
        if (work.list('requests', 'intent', intentId).length >= OFFERS_PER_INTENT_MAX) {
          const max = OFFERS_PER_INTENT_MAX;
          return refused({ failure: 'limit_reached', what: 'codes of an intent', max });
        }
        const plain = { domain: null, verifier: null, paidMessage: null };
        putRequest(work, { id, merchant, intent: intentId, terms, ...plain });
      }
      const waiting = work.list('messages', 'request', id);
      if (waiting.some(({ kind }) => kind === input.message.kind)) return done(true);
      // Whoever has seen the code may put messages down there, and take them away.
      if (waiting.length >= input.messages_max) return refused(tooManyMessages(input.messages_max));
      putMessage(work, id, input.message);
      return done(true);
    },
  };
}

/** Claims the address for the merchant's ledger account, where that was not done before. */
function standsForLedger(work: Work, { merchant, terms }: OfferInput): boolean {
  const { destination } = terms;
  const stored = work.get('destinations', destination);
  const claimed = stored ?? claim(work, merchant, destination, 'ledger');
  return claimed.merchant === merchant && claimed.proof === 'ledger';
}
