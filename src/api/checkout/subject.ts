import type { Account } from '../../domain/account.js';
import type { Attempt } from '../../domain/attempt.js';
import type { Intent } from '../../domain/intent.js';
import { isSavedCard, type PaymentMethod } from '../../domain/payment-method.js';
import { INSTALLATION } from '../../domain/rendezvous.js';
import type { SetupIntent } from '../../domain/setup.js';
import type { Need, Rows } from '../../engine/command.js';
import { lookUp } from '../../engine/directory.js';
import type { Engine } from '../../engine/engine.js';
import type { CheckoutTerms, TellerOf } from '../checkout-terms.js';

/** What a link leads to. */
export interface Subject {
  /** What is in the link. */
  readonly link: string;
  readonly merchant: string;
  readonly kind: 'intent' | 'setup';
  /** The core's id. */
  readonly id: string;
}

/** Ids of every dialect, and those made for links. */
const LINK = /^[0-9A-Za-z_-]{20,100}$/;

/** What stands under a link: listed for it, or a request of the Code dialect; null for neither. */
export async function findSubject(engine: Engine, link: string): Promise<Subject | null> {
  if (!LINK.test(link)) return null;
  const listed = await lookUp(engine, link);
  if (listed !== null)
    return { link, merchant: listed.merchant, kind: listed.kind, id: listed.subject };
  const request = await engine.read(
    INSTALLATION,
    (need) => void need('requests', link),
    (rows) => rows.get('requests', link),
  );
  if (request === null || request.intent === null) return null;
  const { merchant, intent: id } = request;
  const intent = await engine.read(
    merchant,
    (need) => void need('intents', id),
    (rows) => rows.get('intents', id),
  );
  // A code that another dialect's checkout shows can be read off a screen: it is no link to that.
  return intent?.dialect === 'code' ? { link, merchant, kind: 'intent', id } : null;
}

/** All that is to know of a subject, read at one moment. */
export interface Scene {
  readonly subject: Subject;
  readonly account: Account;
  /** Business time, Unix seconds. */
  readonly now: number;
  /** Whether that time goes on by itself. */
  readonly timeRuns: boolean;
  readonly terms: CheckoutTerms;
  /** Cards that the customer may see, the newest first. */
  readonly savedCards: readonly PaymentMethod[];
  /** Whether a new card can be kept with the customer. */
  readonly canSave: boolean;
  readonly of:
    | { readonly intent: Intent; readonly attempt: Attempt | null }
    | { readonly setup: SetupIntent };
}

/** Names the cards that may be shown. */
export function needSavedCards(need: Need, { savedCardsOf }: CheckoutTerms): void {
  if (savedCardsOf === null) return;
  need('customers', savedCardsOf);
  need.list('methods', 'customer', savedCardsOf);
}

/** More than people have; the newest are shown. */
const SAVED_CARDS_MAX = 20;

/** The saved cards that may be shown, the newest first; none of a customer who was deleted. */
export function savedCardsIn(rows: Rows, { savedCardsOf }: CheckoutTerms): PaymentMethod[] {
  if (savedCardsOf === null || !isThere(rows, savedCardsOf)) return [];
  const cards = rows.list('methods', 'customer', savedCardsOf).filter(isSavedCard);
  return cards.reverse().slice(0, SAVED_CARDS_MAX);
}

function isThere(rows: Rows, customer: string): boolean {
  return rows.get('customers', customer)?.deleted === false;
}

/** Whether a new card can be kept: its holder has shown who he is, and may use it again. */
export function maySave(rows: Rows, { savedCardsOf, takes }: CheckoutTerms): boolean {
  return takes.savedCards && savedCardsOf !== null && isThere(rows, savedCardsOf);
}

/** Reads a subject with all that its checkout shows; null where it is gone. */
export function readScene(
  engine: Engine,
  tellerOf: TellerOf,
  subject: Subject,
): Promise<Scene | null> {
  const { merchant, kind, id } = subject;
  const common = (rows: Rows, clockId: string | null) => {
    const account = rows.account();
    const frozen = clockId === null ? null : rows.get('clocks', clockId);
    const wall = Math.floor(engine.nowMs() / 1000) + account.clockAheadSeconds;
    return { subject, account, now: frozen?.frozenTime ?? wall, timeRuns: frozen === null };
  };
  if (kind === 'setup')
    return engine.read(
      merchant,
      (need) => void need('setups', id),
      (rows) => {
        const setup = rows.get('setups', id);
        if (setup === null) return null;
        // Only the Dojo dialect lists setups.
        const terms = tellerOf('dojo').setup(setup);
        return {
          ...common(rows, setup.clockId),
          terms,
          savedCards: [],
          canSave: false,
          of: { setup },
        };
      },
    );
  return engine.read(
    merchant,
    (need) => {
      const intent = need('intents', id);
      if (!intent) return;
      need('attempts', intent.latestAttempt);
      needSavedCards(need, tellerOf(intent.dialect).intent(intent));
    },
    (rows) => {
      const intent = rows.get('intents', id);
      if (intent === null) return null;
      const terms = tellerOf(intent.dialect).intent(intent);
      const attempt =
        intent.latestAttempt === null ? null : rows.get('attempts', intent.latestAttempt);
      const savedCards = savedCardsIn(rows, terms);
      const canSave = maySave(rows, terms);
      return {
        ...common(rows, intent.clockId),
        terms,
        savedCards,
        canSave,
        of: { intent, attempt },
      };
    },
  );
}
