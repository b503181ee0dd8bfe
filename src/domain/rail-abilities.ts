/**
 * What rails can do beside taking money at once: one table, which rails carry, the engine enforces
 * (`engine/abilities.ts`), and `docs/concepts/one-intent.md` prints.
 */

export type Ability = 'hold' | 'captureInParts' | 'refund' | 'reverse' | 'dispute';

/** What one rail can do; the engine refuses the rest before it asks. */
export type RailAbilities = Readonly<Record<Ability, boolean>>;

/** Takes money at once, and has it for good. */
const ONCE = { hold: false, captureInParts: false, refund: false, reverse: false, dispute: false };

/** By the rail's name. */
export const RAIL_ABILITIES = {
  card: { hold: true, captureInParts: true, refund: true, reverse: true, dispute: true },
  bank: { ...ONCE, refund: true, reverse: true, dispute: true },
  cash: { ...ONCE, refund: true, reverse: true },
  // Money of wallets on our own ledger: a merchant pays it back from his own account there.
  balance: { ...ONCE, refund: true, reverse: true },
  // Nobody can sign for the merchant, whose keys are his own.
  solana: ONCE,
  // History of another provider's: the money is there, and only there can it be paid back.
  imported: ONCE,
} as const satisfies Record<string, RailAbilities>;

/** The name that stands for a rail in payments that were imported. */
export const IMPORTED_RAIL = 'imported' satisfies keyof typeof RAIL_ABILITIES;

/** How an ability is called in what a refusal says. */
export const ABILITY_NAMES: Readonly<Record<Ability, string>> = {
  hold: 'hold',
  captureInParts: 'capture in parts',
  refund: 'refund',
  reverse: 'reversal',
  dispute: 'dispute',
};
