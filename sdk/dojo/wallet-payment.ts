import { containerOf, originOfPage, tokenOf, type WalletConfig } from './config.js';
import { ask, finish, type Result } from './gateway.js';
import { HOLDER, type Shared, showWallet } from './wallet-sheet.js';
import { buttonText, type WalletTexts, walletTexts } from './wallet-texts.js';

/** Of the form of Google's; there is nothing in it, and nobody opens it. */
const TOKEN = JSON.stringify({
  protocolVersion: 'ECv2',
  signature: 'simulated',
  signedMessage: 'simulated',
});

const STYLE = `
button { box-sizing: border-box; width: 100%; min-height: 44px; padding: 8px 16px; cursor: pointer;
  border: 1px solid #000; border-radius: 6px; font: 500 16px/1.5 system-ui, sans-serif;
  background: #000; color: #fff; }
button.white { background: #fff; color: #000; border-color: #747775; }
button:hover { filter: brightness(.94); }
button.black:hover { background: #3c4043; }
button:disabled { opacity: .6; cursor: default; }
button:focus-visible { outline: 3px solid #1f7a55; outline-offset: 2px; }
`;

type WalletError = { readonly errorType: string; readonly message: string };

/** A button that pays by a device's wallet, which is simulated. */
export class WalletPayment {
  readonly #config: WalletConfig;
  readonly #origin: string;
  readonly #displayErrors: ((errors: readonly WalletError[]) => void) | undefined;
  readonly #complete: ((result: Result) => void) | undefined;
  readonly #texts: WalletTexts;
  readonly #host: HTMLElement;

  /** Fills the container. `paymentComplete` is told how a payment ended, a decline too. */
  constructor(
    config: WalletConfig,
    displayErrors?: (errors: readonly WalletError[]) => void,
    paymentComplete?: (result: Result) => void,
  ) {
    this.#config = config;
    this.#displayErrors = displayErrors;
    this.#complete = paymentComplete;
    this.#origin = originOfPage();
    this.#texts = walletTexts(navigator.language);
    this.#host = document.createElement('div');
    this.#draw();
    containerOf(config).replaceChildren(this.#host);
  }

  /** Goes on with another token: after a decline, since each is for one try. */
  updatePaymentToken(paymentToken: string): void {
    this.#config.paymentDetails = { ...this.#config.paymentDetails, paymentToken };
  }

  /** Takes the button off the page. */
  destroy(): void {
    this.#host.remove();
  }

  #draw(): void {
    const { color, colour = color, type } = this.#config.buttonConfig ?? {};
    const root = this.#host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const button = document.createElement('button');
    button.type = 'button';
    button.className = colour === 'white' ? 'white' : 'black';
    button.textContent = buttonText(this.#texts, type);
    button.addEventListener('click', async () => {
      button.disabled = true;
      try {
        await this.#pay();
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.#displayErrors?.([{ errorType: 'walletFailed', message }]);
      } finally {
        button.disabled = false;
      }
    });
    root.append(button);
  }

  async #pay(): Promise<void> {
    const { callbacks } = this.#config;
    const token = encodeURIComponent(tokenOf(this.#config));
    const shared: Shared = {
      email: this.#config.emailRequired === true,
      billing: this.#config.billingAddressRequired === true,
      shipping: this.#config.shippingAddressRequired === true,
    };
    if (!(await showWallet(this.#texts, navigator.language, shared))) {
      callbacks?.onPaymentCancelled?.();
      return;
    }
    callbacks?.onPaymentInitiated?.();
    const outcome = await ask(`${this.#origin}/api/payments/${token}/google-pay`, {
      token: TOKEN,
      ...(shared.email ? { email: HOLDER.email } : {}),
      ...(shared.billing ? { billingContact: HOLDER.contact } : {}),
      ...(shared.shipping ? { shippingContact: HOLDER.contact } : {}),
    });
    const result = await finish(this.#origin, token, outcome);
    if (result.statusCode >= 400)
      this.#displayErrors?.([{ errorType: 'walletFailed', message: result.message }]);
    this.#complete?.(result);
  }
}
