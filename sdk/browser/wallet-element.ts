import { type Focusable, type GroupSide, ShopElement } from './element.js';
import { demand } from './errors.js';
import type { Params } from './form.js';

/**
 * The express checkout, which shows the wallets of a browser. Tender takes none: it is ready with
 * no payment method, as Stripe.js's is on a device without wallets, and shows nothing.
 */
export class WalletElement extends ShopElement implements Focusable {
  constructor(options: Params, side: GroupSide, group: object) {
    super('expressCheckout', options, side, {
      type: 'expressCheckout',
      group,
      ask: async () => {
        demand(false, 'An expressCheckout Element holds no payment method.');
      },
      refresh: async () => {},
      brand: () => {},
      details: () => ({}),
    });
  }

  focus(): void {}
  blur(): void {}
  clear(): void {}

  protected draw(): void {
    // Handlers that are added right after mounting hear it too.
    setTimeout(() => this.emit('ready', { availablePaymentMethods: undefined }));
  }

  protected erase(): void {}
  protected redraw(): void {}
}
