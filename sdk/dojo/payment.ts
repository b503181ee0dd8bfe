import { type CardFrame, openCardFrame } from './card-frame.js';
import { containerOf, originOfPage, type PaymentConfig, plain, tokenOf } from './config.js';
import { finish, type Result } from './gateway.js';
import { type CardError, type FromFrame, type Paid, unreachable } from './protocol.js';

const RELOADED = 'The card form was moved while it was at work. Ask for the payment’s status.';

/** What a promise is rejected with where the form could not be sent. */
export class PaymentFormError extends Error {
  override readonly name = 'PaymentFormError';
  readonly statusCode = 400;
  readonly errors: readonly CardError[];
  constructor(errors: readonly CardError[]) {
    super(errors[0]?.message ?? 'The card form is not filled in.');
    this.errors = errors;
  }
}

/** A card form in a frame of Tender's: `new Dojo.Payment(config, displayErrors, …)`. */
export class Payment {
  readonly #config: PaymentConfig;
  readonly #origin: string;
  readonly #frame: CardFrame;
  readonly #displayErrors: ((errors: readonly CardError[]) => void) | undefined;
  readonly #onSubmit: (() => void) | undefined;
  readonly #onBlur: ((isValid: boolean) => void) | undefined;
  #waiting: ((answer: Paid) => void) | null = null;
  #running: Promise<Result> | null = null;
  #tries = 0;
  #wasReady = false;

  /**
   * Fills the container. `displayErrors` is told what is wrong whenever that changes; `onSubmit`
   * that Enter was pressed; `onBlur` that a field was left, and whether the form could be sent.
   */
  constructor(
    config: PaymentConfig,
    displayErrors?: (errors: readonly CardError[]) => void,
    onSubmit?: () => void,
    onBlur?: (isValid: boolean) => void,
  ) {
    this.#config = config;
    this.#displayErrors = displayErrors;
    this.#onSubmit = onSubmit;
    this.#onBlur = onBlur;
    this.#origin = originOfPage();
    const { styles, text = {}, errorMessages = {} } = config;
    const setup = plain({ styles: styles ?? {}, text, errorMessages });
    this.#frame = openCardFrame(this.#origin, containerOf(config), setup, {
      heard: (message) => this.#hear(message),
      failed: () => this.#config.onIframeLoadFailed?.(),
    });
  }

  /**
   * Pays with what is typed. Resolves to how it ended, a decline too; rejects where the form is not
   * filled in. Called again while it is at work, it gives the same promise.
   */
  executePayment(additionalInfo: Readonly<Record<string, unknown>> = {}): Promise<Result> {
    this.#running ??= this.#pay(additionalInfo).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Goes on with another token: after a decline, since each is for one try. */
  updatePaymentToken(paymentToken: string): void {
    this.#config.paymentDetails = { ...this.#config.paymentDetails, paymentToken };
  }

  /** Takes the form off the page. */
  destroy(): void {
    this.#frame.close();
  }

  async #pay(additionalInfo: Readonly<Record<string, unknown>>): Promise<Result> {
    const token = encodeURIComponent(tokenOf(this.#config));
    this.#tries += 1;
    const id = this.#tries;
    const answer = await new Promise<Paid>((resolve) => {
      this.#waiting = resolve;
      this.#frame.post({ type: 'pay', id, token, info: plain(additionalInfo) });
    });
    if (answer.ok) return finish(this.#origin, token, answer.outcome);
    throw new PaymentFormError(answer.errors);
  }

  #hear(message: FromFrame): void {
    const { callbacks, onIframeLoaded } = this.#config;
    switch (message.type) {
      case 'ready':
        // Moved within the page, the frame was loaded anew: what it was asked, it has forgotten.
        if (this.#wasReady) this.#waiting?.({ ok: true, outcome: unreachable(RELOADED) });
        this.#wasReady = true;
        onIframeLoaded?.();
        break;
      case 'errors':
        this.#displayErrors?.(message.errors);
        break;
      case 'blur':
        this.#onBlur?.(message.isValid);
        break;
      case 'submit':
        this.#onSubmit?.();
        break;
      case 'valid':
        callbacks?.onFormFieldValid?.(message.field);
        break;
      case 'complete':
        callbacks?.onFormComplete?.();
        break;
      case 'paid':
        // An answer to an earlier question comes after the frame was loaded anew.
        if (message.id === this.#tries) this.#waiting?.(message.answer);
    }
  }
}
