import type { CardDesk } from '../rail.js';
import { cardFromToken, createCard } from './create-card.js';

/** Takes in cards for the simulator. `pm_card_…` and `tok_…` names are told apart by who asks. */
export const cardDesk: CardDesk = {
  create: (input, now) => createCard({ ...input, now }),
  fromMethodName: (name, now) => (name.startsWith('pm_card_') ? cardFromToken(name, now) : null),
  fromTokenName: (name, now) => (name.startsWith('tok_') ? cardFromToken(name, now) : null),
};
