/**
 * What the checkout page and the server say to each other: JSON over the page's own origin. The
 * page imports these types and nothing else of the server.
 */

/** Minor units with a lower-case ISO 4217 code. */
export interface Money {
  readonly value: number;
  readonly currency: string;
}

/** One line of the order. */
export interface Line {
  readonly name: string;
  /** A second line in a smaller face; empty where there is none. */
  readonly note: string;
  readonly quantity: number;
  readonly total: Money;
}

/** Ways to pay that the page can draw. */
export const CHECKOUT_METHODS = [
  'saved_card',
  'card',
  'device_wallet',
  'code_wallet',
  'sepa_debit',
  'us_bank_account',
] as const;
export type CheckoutMethod = (typeof CHECKOUT_METHODS)[number];

/** A card that the customer may pay with again. */
export interface SavedCard {
  readonly id: string;
  /** `visa`, `mastercard` … */
  readonly brand: string;
  readonly last4: string;
  readonly expMonth: number;
  readonly expYear: number;
}

/** A postal address; what is absent is not known. */
export interface PostalAddress {
  readonly name?: string;
  readonly line1?: string;
  readonly line2?: string;
  readonly city?: string;
  readonly state?: string;
  readonly postcode?: string;
  /** ISO 3166, two letters, upper case. */
  readonly country?: string;
}

/** How a payment, or the saving of a card, stands for its customer. */
export type CheckoutStatus =
  /** It can be paid. */
  | 'open'
  /** The customer's bank asks something: `challenge` says where. */
  | 'challenge'
  /** A rail is at work; ask again. */
  | 'processing'
  /** Paid or held: `receipt` tells of it. */
  | 'paid'
  /** Of a setup: the card is saved. */
  | 'saved'
  /** Paid back or released since. */
  | 'returned'
  | 'canceled'
  | 'expired';

/** All that the page draws: `GET /checkout/{id}/state`, and the answer of every other call. */
export interface CheckoutState {
  readonly id: string;
  /** A payment, or the saving of a card for later. */
  readonly purpose: 'payment' | 'setup';
  readonly status: CheckoutStatus;
  readonly livemode: boolean;
  readonly merchant: string;
  /** Heading; empty: the merchant's name serves. */
  readonly title: string;
  readonly description: string;
  /** Empty where it is not to be shown. */
  readonly reference: string;
  /** null where it is not to be shown. */
  readonly total: Money | null;
  /** What is sold, without tips and other parts. */
  readonly sold: Money;
  readonly tips: Money | null;
  readonly serviceCharge: Money | null;
  readonly cashback: Money | null;
  readonly lines: readonly Line[];
  readonly taxes: readonly Line[];
  readonly tipsAllowed: boolean;
  readonly customAmountAllowed: boolean;
  readonly collect: {
    readonly email: boolean;
    readonly billing: boolean;
    readonly shipping: boolean;
  };
  /** What is known of the customer so far. */
  readonly email: string;
  readonly billing: PostalAddress | null;
  readonly shipping: PostalAddress | null;
  /** What the customer agrees to by saving a card; empty for a payment. */
  readonly terms: string;
  /** In the order in which they are offered: what fits country, currency, amount and the shop. */
  readonly methods: readonly CheckoutMethod[];
  /** The country that the methods were chosen for, ISO 3166. */
  readonly country: string;
  readonly savedCards: readonly SavedCard[];
  /** Whether the customer may have the card saved. */
  readonly canSave: boolean;
  readonly actionLink: {
    readonly url: string;
    readonly label: string;
    /** A name: the file is downloaded under it; null: the address is opened. */
    readonly fileName: string | null;
  } | null;
  /** Where to go afterwards; null: the page stays. */
  readonly redirectUrl: string | null;
  readonly cancelUrl: string | null;
  /** Whether the customer may cancel here. */
  readonly canCancel: boolean;
  /** Unix ms; null: never. */
  readonly expiresAtMs: number | null;
  /** Where the bank asks its question; opened in a dialog. */
  readonly challenge: { readonly url: string } | null;
  /** Why the last try failed, in the customer's words (English); null where it did not. */
  readonly lastError: {
    /**
     * `card_declined`, `insufficient_funds`, `expired_card`, `incorrect_cvc`,
     * `authentication_failed` …
     */
    readonly code: string;
    readonly message: string;
  } | null;
  readonly receipt: Receipt | null;
  /** Whether a receipt can be sent by e-mail. */
  readonly sendsMail: boolean;
  /** Another whenever something has changed: `GET …/updates?seen={tag}` waits for that. */
  readonly tag: string;
}

/** What is to keep of a payment. */
export interface Receipt {
  readonly paidAtMs: number;
  readonly total: Money;
  readonly refunded: Money | null;
  /** `Visa •••• 4242`, `Wallet` … */
  readonly method: string;
  readonly authorizationCode: string;
  /** The payment is held and not taken yet. */
  readonly isHeld: boolean;
}

/**
 * `GET /checkout/{id}/updates?seen={tag}` answers the state as soon as its tag is another, and
 * after some seconds in any case: then it is called again. It and `…/state` take `country`, the
 * page's choice, in the query too: a choice is not kept.
 */
export const UPDATES_WAIT_MS_MAX = 5_000;

/** `POST /checkout/{id}/details`: what the customer changes before paying; absent stays. */
export interface DetailsCall {
  /** Minor units; 0: none. */
  readonly tips?: number;
  /** Minor units of what is sold. */
  readonly amount?: number;
  readonly email?: string;
  readonly billing?: PostalAddress;
  readonly shipping?: PostalAddress;
  /** The page's choice of a country, ISO 3166. */
  readonly country?: string;
}

/**
 * `POST /checkout/{id}/pay`. Details are taken first, in the same call.
 *
 * A bank's refusal is an answer like any other: status 200, with `lastError`. Faults (4xx) name the
 * field that is to blame as `card.number`, `card.expMonth`, `card.expYear`, `card.cvc`, `cvc`,
 * `savedCard`, `iban`, `routingNumber`, `accountNumber`, `accountName`, `agreed`, `email`, `tips`,
 * `amount`, `billing`, `billing.country`, `shipping` … Their codes are those of `FAULT_CODES`.
 */
export interface PayCall extends DetailsCall {
  readonly method: CheckoutMethod;
  /**
   * What the customer was shown that he pays, tip included, in minor units: where it is another
   * sum by now nothing is tried (`over`), and he is shown the new one.
   */
  readonly total?: number;
  readonly card?: {
    readonly number: string;
    readonly expMonth: number;
    readonly expYear: number;
    readonly cvc: string;
    readonly name: string;
  };
  /** Of a saved card. */
  readonly savedCard?: string;
  readonly cvc?: string;
  /** Of a new card: keep it with the customer. */
  readonly save?: boolean;
  readonly iban?: string;
  readonly routingNumber?: string;
  readonly accountNumber?: string;
  readonly accountName?: string;
  /** The customer has agreed to the terms or the debit. */
  readonly agreed?: boolean;
}

/** `POST /checkout/{id}/code`: the round code that a wallet scans, made on demand. */
export interface CodeOffer {
  /** The payload behind the round code, base64. */
  readonly payload: string;
  /** The round code as an SVG document. */
  readonly svg: string;
  /** Opens a wallet on this device. */
  readonly walletUrl: string;
}

/** `POST /checkout/{id}/receipt`: sends the receipt. */
export interface ReceiptCall {
  readonly email: string;
}

/** What may be wrong with a call. */
export const FAULT_CODES = [
  /** No such link. */
  'unknown_link',
  /** A field is missing. */
  'required',
  /** A field is not what it should be; of a card or an account: the bank need not be asked. */
  'invalid',
  /** Of a card: its last month has passed. */
  'expired_card',
  /** This way to pay does not fit any more. */
  'method_unavailable',
  /** The shop does not let that be changed. */
  'not_allowed',
  /** It is too late for that: ask for the state. */
  'over',
  'too_many_tries',
  'too_many_receipts',
  'busy',
  /** Ours to mend. */
  'trouble',
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/** What any call answers that could not be done: status 4xx or 5xx. */
export interface CheckoutFault {
  readonly error: {
    readonly code: FaultCode;
    /** English; the page has its own words for the codes that it knows. */
    readonly message: string;
    /** The field of the call that is to blame; null where none is. */
    readonly field: string | null;
  };
}
