import { INSTALLATION, type Wallet } from '../../../domain/rendezvous.js';
import type { Engine } from '../../../engine/engine.js';
import type { Rendezvous } from '../../../engine/requests.js';

type Reader = Pick<Engine, 'read'>;

/** Reads what lies at a rendezvous, its id in base58. */
export async function readRendezvous(engine: Reader, id: string): Promise<Rendezvous> {
  const found = await engine.read(
    INSTALLATION,
    (need) => {
      need('requests', id);
      need.list('submissions', 'codeId', id);
    },
    (rows) => ({
      request: rows.get('requests', id),
      submission: rows.list('submissions', 'codeId', id)[0] ?? null,
    }),
  );
  const { merchant, intent: intentId = null } = found.request ?? {};
  if (merchant === undefined || intentId === null) return { ...found, intent: null };
  const intent = await engine.read(
    merchant,
    (need) => void need('intents', intentId),
    (rows) => rows.get('intents', intentId),
  );
  return { ...found, intent };
}

/** Reads wallets by their addresses, base58; null for an address that is none. */
export function readWallets(
  engine: Reader,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, Wallet | null>> {
  return engine.read(
    INSTALLATION,
    (need) => {
      for (const address of addresses) need('wallets', address);
    },
    (rows) => new Map(addresses.map((address) => [address, rows.get('wallets', address)])),
  );
}

/** All wallets of an owner (base58), oldest first: the primary one and those of relationships. */
export function ownWallets(engine: Reader, owner: string): Promise<Wallet[]> {
  return engine.read(
    INSTALLATION,
    (need) => void need.list('wallets', 'owner', owner),
    (rows) => rows.list('wallets', 'owner', owner),
  );
}
