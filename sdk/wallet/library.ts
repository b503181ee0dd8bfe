import { quarksOf, worthOf } from './amounts.js';
import { keysFromPhrase, newPhrase, normalPhrase } from './keys.js';
import { confirmUrl, parseScanned } from './scan.js';
import { connect } from './wallet.js';

/** The whole library as one value, for programs that load it built. */
export const walletLibrary = {
  confirmUrl,
  connect,
  keysFromPhrase,
  newPhrase,
  normalPhrase,
  parseScanned,
  quarksOf,
  worthOf,
};

export type WalletLibrary = typeof walletLibrary;
