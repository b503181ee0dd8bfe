/** Who asks, as far as is known. */
export interface Site {
  /** As the request says it. */
  readonly domain: string;
  /**
   * Whether the domain's own key signed the request; the server has compared it with the keys that
   * the domain publishes. An unverified domain is only what somebody typed.
   */
  readonly verified: boolean;
}

/** A part of a payment that goes to somebody else than its destination. */
export interface OfferFee {
  /** Base58. */
  readonly destination: string;
  readonly basisPoints: number;
  /** At the rate of the offer. */
  readonly quarks: bigint;
}

/** A checked request for a payment. */
export interface PaymentOffer {
  readonly kind: 'payment';
  /** The code that it was found by. */
  readonly payload: Uint8Array;
  /** The rendezvous public key, base58; the payment's id with everybody. */
  readonly intent: string;
  /** Lower case. */
  readonly currency: string;
  /** What is asked for, in whole units of the currency; fees are a part of it. */
  readonly amount: number;
  /** What that was when the offer was read; paying takes the rate of then. */
  readonly quarks: bigint;
  /** Of the currency per kin. */
  readonly rate: number;
  /** Base58. */
  readonly destination: string;
  readonly fees: readonly OfferFee[];
  readonly site: Site | null;
}

/** A checked request to log in, without a payment. Its site is verified, or it is no offer. */
export interface LoginOffer {
  readonly kind: 'login';
  readonly payload: Uint8Array;
  readonly intent: string;
  readonly site: Site;
}

/** A user who can be tipped; the person says how much. */
export interface TipOffer {
  readonly kind: 'tip';
  readonly username: string;
  /** What the user is called; the user name where that is not known. */
  readonly name: string;
  /** Base58. */
  readonly destination: string;
}

/** What a scanned code comes to. */
export type Offer = PaymentOffer | LoginOffer | TipOffer;

/** What was paid. */
export interface Receipt {
  /** Base58. */
  readonly intent: string;
  /** Gross, fees included. */
  readonly quarks: bigint;
  readonly currency: string;
  readonly amount: number;
  /** The id that the request's verified domain now knows the wallet by, base58. */
  readonly user: string | null;
}
