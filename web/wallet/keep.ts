import type { StoredKeys } from '../../sdk/wallet/keys.js';

/** What this browser keeps of a wallet. Nothing of it leaves the browser. */
export interface Kept {
  /** Keys that can sign but not be read. */
  readonly keys: StoredKeys;
  /** The recovery phrase, as it is shown in the settings; null once it was taken away from here. */
  readonly phrase: string | null;
  /** Whether the person has shown to have written the phrase down. */
  readonly isWrittenDown: boolean;
}

const DATABASE = 'tender-wallet';
const STORE = 'wallet';
const RECORD = 'kept';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Runs one request in a transaction; resolves once that is on disk. */
async function within<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** What is kept, null where there is no wallet yet. Rejects where the browser keeps nothing. */
export async function readKept(): Promise<Kept | null> {
  return (await within<Kept | undefined>('readonly', (store) => store.get(RECORD))) ?? null;
}

/** Keeps a wallet, and asks the browser not to drop it when space is short. */
export async function writeKept(kept: Kept): Promise<void> {
  await within('readwrite', (store) => store.put(kept, RECORD));
  await navigator.storage?.persist?.().catch(() => false);
}

/** Removes the wallet from this browser. */
export async function eraseKept(): Promise<void> {
  await within('readwrite', (store) => store.delete(RECORD));
  localStorage.removeItem(CURRENCY);
}

const CURRENCY = 'tender-wallet-currency';

/** The currency that amounts are shown in, lower case. */
export function readCurrency(): string {
  const code = localStorage.getItem(CURRENCY) ?? '';
  return /^[a-z]{3}$/.test(code) ? code : 'usd';
}

export function writeCurrency(code: string): void {
  localStorage.setItem(CURRENCY, code);
}
