/**
 * What the script on a shop's page and the frames that Tender serves say to each other. A frame has
 * an opaque origin (its `Content-Security-Policy` says `sandbox`), so nothing but these messages
 * passes between the two, and none of them carries a card number or a security code.
 *
 * Handshake: the frame is loaded with `?origin=` of the page that embeds it and posts `hello` to
 * that origin only. The script checks that it came from the window of the frame it made, and hands
 * over one `MessagePort` with `connect`. The frame takes it only from its parent, only from that
 * origin, and only once. From then on both talk through the port alone.
 */

export const PROTOCOL_VERSION = 1;

/** Posted by the frame to its parent's window. */
export interface Hello {
  readonly tender: 'hello';
  readonly version: number;
}

/** Posted by the script to the frame's window, with the port. */
export interface Connect {
  readonly tender: 'connect';
  readonly version: number;
}

export type FieldKind = 'cardNumber' | 'cardExpiry' | 'cardCvc';
export type FrameKind = FieldKind | 'card' | 'payment';

/** The look that Stripe.js gives to `elements()`: theme, variables and rules. */
export interface Appearance {
  readonly theme?: 'stripe' | 'night' | 'flat' | 'none';
  readonly variables?: Readonly<Record<string, string>>;
  readonly rules?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly labels?: 'above' | 'floating';
}

/** Everything that a frame needs to draw itself and to speak to the API for the page. */
export interface FrameSetup {
  readonly kind: FrameKind;
  readonly publishableKey: string;
  readonly stripeAccount: string | null;
  readonly apiVersion: string | null;
  /** A language tag; `auto` is the browser's. */
  readonly locale: string;
  readonly appearance: Appearance;
  /**
   * The colours that the page has where the frame is, by `getComputedStyle(container).colorScheme`
   * (`dark`, or `light dark` with a dark system). Light if absent: a frame is transparent, and
   * light text on a light page could not be read.
   */
  readonly colorScheme?: 'light' | 'dark';
  /** The element's own options, as `elements.create` was given them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What a payment frame offers; null for the others. */
  readonly payment: PaymentSetup | null;
}

export interface PaymentSetup {
  readonly mode: 'payment' | 'setup';
  /** Minor units; null when setting up. */
  readonly amount: number | null;
  readonly currency: string | null;
  readonly methodTypes: readonly string[];
  /** Decides which terms are shown; those of a setup are shown in any case. */
  readonly setupFutureUsage?: 'on_session' | 'off_session' | null;
  /** Methods that the customer saved before and may use again. */
  readonly saved: readonly SavedMethod[];
}

export interface SavedMethod {
  readonly id: string;
  readonly brand: string;
  readonly last4: string;
  readonly expMonth: number;
  readonly expYear: number;
}

/** From the script to the frame. */
export type ToFrame =
  | { readonly type: 'setup'; readonly setup: FrameSetup }
  | { readonly type: 'update'; readonly setup: FrameSetup }
  | { readonly type: 'focus' | 'blur' | 'clear' }
  /** Closes an accordion; nothing for other layouts. */
  | { readonly type: 'collapse' }
  /** To a split security code: the brand that its number's field has just told. */
  | { readonly type: 'brand'; readonly brand: string }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question };

/**
 * What the script may ask of a frame; each gets one `answer`. `params` are parameters of the API
 * call as a tree (`{ billing_details: { name } }`; of a token `{ card: { name } }`): they are laid
 * under what the frame knows itself, which wins but for billing details. The value of
 * `payment_method`, `token` and `confirmation_token` is the object that the API returned; of a
 * saved method that was chosen, `{ id, object: 'payment_method', type }`.
 */
export type Question =
  /** Whether all is filled in: marks what is not. The value is the frame's `ChangeState`. */
  | { readonly what: 'validate' }
  /** Makes a PaymentMethod of what is typed in; `parts` come from a split card's other fields. */
  | {
      readonly what: 'payment_method';
      readonly params: Readonly<Record<string, unknown>>;
      readonly parts: CardParts | null;
    }
  | {
      readonly what: 'token';
      readonly params: Readonly<Record<string, unknown>>;
      readonly parts: CardParts | null;
    }
  | {
      readonly what: 'confirmation_token';
      readonly params: Readonly<Record<string, unknown>>;
      readonly parts: CardParts | null;
    }
  /**
   * A split field's own part, as a `Partial<CardParts>`. The security code is exchanged for a
   * single-use token first.
   */
  | { readonly what: 'part' };

/** The parts of a split card that the number's frame needs. None of them is secret. */
export interface CardParts {
  readonly expMonth: number;
  readonly expYear: number;
  /** Id of a `cvc_update` token; null where no security code is asked for. */
  readonly cvcToken: string | null;
}

/** An error as the API sends it, or as the frame finds it before asking the API. */
export interface WireError {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: WireError };

/** What `change` tells a shop, in the shape that Stripe.js has for the element. */
export interface ChangeState {
  readonly elementType: string;
  readonly empty: boolean;
  readonly complete: boolean;
  /** Of card frames; null elsewhere. */
  readonly brand: string | null;
  readonly error: WireError | null;
  /** What a shop may see of the value: a postal code, the chosen type; never card data. */
  readonly value: Readonly<Record<string, unknown>> | null;
  /** Of payment frames: whether an accordion is closed. */
  readonly collapsed?: boolean;
  /** Whether the browser has filled in a field that was not changed since. */
  readonly autofilled?: boolean;
}

/** From the frame to the script. */
export type FromFrame =
  | { readonly type: 'ready' }
  | { readonly type: 'change'; readonly state: ChangeState }
  | { readonly type: 'focus' | 'blur' | 'escape' | 'submit' }
  /** The height that the content needs, CSS pixels. */
  | { readonly type: 'height'; readonly pixels: number }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer };

/**
 * What a page in the challenge's frame posts to the window that embeds it, once the customer has
 * answered; it says nothing but that there is something to look up.
 */
export interface ChallengeDone {
  readonly tender: 'challenge_done';
  readonly version: number;
}

/** What it posts when Escape is pressed in it: keys do not reach the page around a frame. */
export interface ChallengeEscape {
  readonly tender: 'challenge_escape';
  readonly version: number;
}
