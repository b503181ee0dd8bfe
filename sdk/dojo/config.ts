import { tenderOrigin } from '../browser/origin.js';
import type { CardSetup } from './protocol.js';

/** What a page says of the payment. Read anew for each try: a page may put in a new token. */
export interface PaymentDetails {
  /** The clientSessionSecret of the payment intent or setup intent. */
  paymentToken: string;
}

interface Common {
  /** The id of the element that is filled. */
  readonly containerId: string;
  paymentDetails: PaymentDetails;
}

/** The configuration of `Dojo.Payment`. */
export interface PaymentConfig extends Common {
  readonly styles?: unknown;
  readonly text?: CardSetup['text'];
  readonly errorMessages?: CardSetup['errorMessages'];
  /** Taken and passed over: the frame loads nothing from elsewhere. */
  readonly fontCss?: unknown;
  readonly onIframeLoaded?: () => void;
  readonly onIframeLoadFailed?: () => void;
  readonly callbacks?: {
    readonly onFormComplete?: () => void;
    readonly onFormFieldValid?: (fieldName: string) => void;
  };
}

/** The configuration of `Dojo.WalletPayment`. */
export interface WalletConfig extends Common {
  readonly buttonConfig?: {
    readonly color?: string;
    readonly colour?: string;
    readonly type?: string;
  };
  readonly emailRequired?: boolean;
  readonly billingAddressRequired?: boolean;
  readonly shippingAddressRequired?: boolean;
  readonly callbacks?: {
    readonly onPaymentCancelled?: () => void;
    readonly onPaymentInitiated?: () => void;
  };
}

// Known only while the script runs for the first time.
const running = document.currentScript;
const src = running instanceof HTMLScriptElement ? running.src : null;

/** The origin that everything is asked of. Throws where the page does not tell. */
export function originOfPage(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="tender-url"]');
  const origin = tenderOrigin({
    option: null,
    global: (globalThis as { TENDER_URL?: unknown }).TENDER_URL,
    meta: meta?.content ?? null,
    script: src,
  });
  if (origin === null)
    throw new Error('Dojo: load the script from your Tender, or set window.TENDER_URL.');
  return origin;
}

/** The element to be filled. Throws where the configuration names none. */
export function containerOf({ containerId }: Common): HTMLElement {
  const container = document.getElementById(containerId);
  if (container === null) throw new Error(`Dojo: there is no element with the id ${containerId}.`);
  return container;
}

/** The token of the payment, as the configuration has it now. Throws where there is none. */
export function tokenOf({ paymentDetails }: Common): string {
  const token: unknown = paymentDetails?.paymentToken;
  if (typeof token === 'string' && token !== '') return token;
  throw new Error('Dojo: paymentDetails.paymentToken is to be a clientSessionSecret.');
}

/** What can travel to a frame or a server: a function among the options cannot. */
export function plain<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
