/**
 * What the script of Dojo on a shop's page and the frame with its card form say to each other. The
 * frame has an opaque origin; neither card numbers nor security codes pass here. The handshake is
 * that of `sdk/browser/protocol.ts`: hello, then one port.
 */

/** The fields of the form, by the names that pages know them by. */
export const FIELD_NAMES = ['cardNumber', 'cardName', 'expiryDate', 'cv2'] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

/** What can be wrong with a card; pages look for these names. */
export const ERROR_TYPES = [
  'cardNameRequired',
  'cardNameInvalid',
  'cardNumberRequired',
  'cardNumberInvalid',
  'expiryDateRequired',
  'expiryDateInvalid',
  'expiryDateMustBeInFuture',
  'cv2Required',
  'cv2Invalid',
] as const;
export type ErrorType = (typeof ERROR_TYPES)[number];

/** One thing that is wrong with what was typed, as the page is told. */
export interface CardError {
  readonly errorType: ErrorType;
  readonly message: string;
}

/** A field's own words; what is left out has those of the language. */
export interface FieldText {
  readonly label?: string;
  readonly placeholder?: string;
  /** False: what is wrong is told to the page, and not shown at the field. */
  readonly showValidation?: boolean;
}

/** What the frame draws itself by, as the page's configuration has it: nothing in it is trusted. */
export interface CardSetup {
  readonly styles: unknown;
  readonly text: Readonly<Partial<Record<FieldName, FieldText>>>;
  readonly errorMessages: Readonly<Partial<Record<ErrorType, string>>>;
  /** The colours that the page has where the frame is. */
  readonly colorScheme: 'light' | 'dark';
}

/** How a try ended, by the numbers of Connect-E; 3 comes with a challenge. */
export interface Outcome {
  readonly statusCode: number;
  readonly message: string;
  readonly authCode?: string;
  readonly stepUpUrl?: string;
}

/** From the script to the frame. */
export type ToFrame =
  | { readonly type: 'setup'; readonly setup: CardSetup }
  /** Pays with what is typed; `info` is what the page knows of its customer. */
  | {
      readonly type: 'pay';
      readonly id: number;
      readonly token: string;
      readonly info: Readonly<Record<string, unknown>>;
    };

/** From the frame to the script. */
export type FromFrame =
  | { readonly type: 'ready' }
  | { readonly type: 'height'; readonly pixels: number }
  /** All that is wrong now; sent when that changes. */
  | { readonly type: 'errors'; readonly errors: readonly CardError[] }
  /** A field was left; whether the whole form could be sent. */
  | { readonly type: 'blur'; readonly isValid: boolean }
  | { readonly type: 'valid'; readonly field: FieldName }
  | { readonly type: 'complete' }
  | { readonly type: 'submit' }
  | { readonly type: 'paid'; readonly id: number; readonly answer: Paid };

/** What came of a `pay`. */
export type Paid =
  | { readonly ok: true; readonly outcome: Outcome }
  /** Not sent: the form is not filled in. */
  | { readonly ok: false; readonly errors: readonly CardError[] };

/** Nobody answered: it may or may not have been paid. The token tells: asked again, it is used. */
export function unreachable(message: string): Outcome {
  return { statusCode: 500, message };
}
