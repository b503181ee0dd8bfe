import type { WalletLibrary } from '../../sdk/wallet/library.js';

/**
 * The wallet's library: a bundle of its own, as other programs get it, once this is built; its
 * source while this is.
 */
export async function loadWalletLibrary(): Promise<WalletLibrary> {
  if (import.meta.url.endsWith('.ts')) {
    const source = await import('../../sdk/wallet/library.js');
    return source.walletLibrary;
  }
  const bundle = await import(new URL('../sdk/wallet.js', import.meta.url).href);
  return bundle.walletLibrary;
}
