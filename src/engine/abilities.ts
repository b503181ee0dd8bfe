import type { Failure } from '../domain/errors.js';
import { ABILITY_NAMES, type Ability, IMPORTED_RAIL } from '../domain/rail-abilities.js';
import type { Work } from './work.js';

/**
 * What forbids to do something with money that a method of the type moves: its rail cannot, or
 * there is none any more. null where nothing does. `rail` is named in the refusal.
 */
export function railBar(
  work: Work,
  methodType: string,
  ability: Ability,
  rail: string,
): Failure | null {
  // No rail here has moved it, whatever pays with that type now.
  const can = rail !== IMPORTED_RAIL && work.context.railFor(methodType)?.abilities[ability];
  return can ? null : { failure: 'rail_cannot', rail, operation: ABILITY_NAMES[ability] };
}
