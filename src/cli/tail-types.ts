import { webhookEventTypes } from '../api/stripe/schema/webhook-event-types.js';
import { nearest } from '../nearest.js';
import { CommandFailure } from './failure.js';

/** The dialect's own limit for types of one list. */
const TYPES_MAX = 20;

/**
 * Reads `--types`: types by commas; what ends in `*` stands for all that begin so. Undefined where
 * none is named. Throws CommandFailure for what no event can match, as that would be waited for
 * without an end.
 */
export function typesOf(text: string | undefined): string[] | undefined {
  const types = (text ?? '').split(',').map((type) => type.trim());
  const named = types.filter((type) => type !== '');
  if (named.length > TYPES_MAX)
    throw new CommandFailure(
      `--types takes up to ${TYPES_MAX} types; charge.* is a family of them.`,
    );
  const unknown = named.find((type) => !canMatch(type));
  if (unknown !== undefined)
    throw new CommandFailure(`There is no event ${unknown}.${hintFor(unknown)}`);
  return named.length === 0 ? undefined : named;
}

function canMatch(type: string): boolean {
  if (!type.endsWith('*')) return webhookEventTypes.includes(type);
  return webhookEventTypes.some((known) => known.startsWith(type.slice(0, -1)));
}

function hintFor(type: string): string {
  const families = webhookEventTypes.map((known) => known.replace(/\.[^.]+$/, '.*'));
  const near = nearest(type, type.endsWith('*') ? families : [...webhookEventTypes, ...families]);
  if (near !== null) return ` Did you mean ${near}?`;
  return ' Types are the Stripe dialect’s: payment_intent.succeeded, or charge.* for a family.';
}
