import { Payment } from './payment.js';
import { WalletPayment } from './wallet-payment.js';

/** What pages find: by its name now, and by that of its days as Connect-E. */
Object.assign(globalThis, {
  Dojo: { Payment, WalletPayment },
  Connect: { ConnectE: Payment },
});
