import { AUTHORIZATION_HOLD_SECONDS } from '../../../domain/intent.js';
import type { Shape } from './shape.js';

/** Exclusive: a hold that ends by itself lasts longer. */
const SECONDS_MIN = 30;

/** A time span as .NET writes it: `dd.hh:MM:ss`, the days and fractions of a second optional. */
const SPAN = /^(?:(\d{1,3})\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d{1,7})?$/;

/** The whole seconds of a time span; null where it is none. */
export function spanSeconds(span: string): number | null {
  const parts = SPAN.exec(span)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (parts === undefined) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts;
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** How long a hold lasts: more than 30 seconds and less than the networks' 7 days. */
export function holdSpan(): Shape<string> {
  return {
    schema: { type: 'string', pattern: SPAN.source },
    parse: (value, place, faults) => {
      if (value === undefined || value === null) return undefined;
      const seconds = typeof value === 'string' ? spanSeconds(value) : null;
      if (typeof value !== 'string' || seconds === null)
        return faults.add(
          place.json,
          `The JSON value could not be converted to System.TimeSpan. Path: ${place.json}.`,
        );
      if (seconds <= SECONDS_MIN || seconds >= AUTHORIZATION_HOLD_SECONDS)
        return faults.add(
          place.field,
          `The field ${place.name} must be more than 30 seconds and less than 7 days.`,
        );
      return value;
    },
  };
}
