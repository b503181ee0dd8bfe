import type { Json } from '../../../domain/json.js';
import type { JsonSchema } from '../../openapi.js';

/**
 * What is wrong with a body, by field, in the form and the words of ASP.NET Core's validation,
 * which Dojo's server is built with.
 */
export class Faults {
  readonly errors: Record<string, string[]> = {};

  add(field: string, text: string): undefined {
    const texts = this.errors[field] ?? [];
    texts.push(text);
    this.errors[field] = texts;
    return undefined;
  }

  get any(): boolean {
    return Object.keys(this.errors).length > 0;
  }
}

/** Where a value stands: as error keys name it (`Amount.Value`), and as JSON does (`$.amount`). */
export interface Place {
  readonly field: string;
  readonly json: string;
  /** The field's own name, for texts. */
  readonly name: string;
}

/** The place of a whole body. */
export const BODY: Place = { field: '', json: '$', name: 'body' };

/** A kind of value of a request's body: reads it, or says why not. */
export interface Shape<T> {
  /** `undefined` where it is absent (a null counts as absent) or was refused. */
  parse(value: unknown, place: Place, faults: Faults): T | undefined;
  /** What `parse` takes, for the API description. */
  readonly schema: JsonSchema;
  readonly isRequired?: boolean;
}

/** A field that must be there. */
export interface Required<T> extends Shape<T> {
  readonly isRequired: true;
}

// biome-ignore lint/suspicious/noExplicitAny: shapes of every kind stand beside each other.
type Fields = Readonly<Record<string, Shape<any>>>;

/** What a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never;

type Simple<T> = { [K in keyof T]: T[K] } & {};

/** What an object's shape reads: a field that is not required may be absent. */
export type ObjectOf<F extends Fields> = Simple<
  { [K in keyof F as F[K] extends Required<unknown> ? K : never]: Read<F[K]> } & {
    [K in keyof F as F[K] extends Required<unknown> ? never : K]?: Read<F[K]>;
  }
>;

/** A member's name as texts and error keys have it: with a capital. */
export function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function inside(place: Place, key: string): Place {
  const name = pascal(key);
  return {
    field: place.field === '' ? name : `${place.field}.${name}`,
    json: `${place.json}.${key}`,
    name,
  };
}

function misfit(faults: Faults, { json }: Place, type: string): undefined {
  return faults.add(json, `The JSON value could not be converted to ${type}. Path: ${json}.`);
}

/** Must be there, and not null. */
export function required<T>(shape: Shape<T>): Required<T> {
  return {
    schema: shape.schema,
    isRequired: true,
    parse: (value, place, faults) => {
      if (value === undefined || value === null)
        return faults.add(place.field, `The ${place.name} field is required.`);
      return shape.parse(value, place, faults);
    },
  };
}

/** Limits to a text, in characters, and its form. */
export interface TextRules {
  readonly min?: number;
  readonly max?: number;
  readonly format?: 'uri' | 'email';
}

/** A string; lengths are in characters. */
export function text(rules: TextRules = {}): Shape<string> {
  const { min = 0, max } = rules;
  return {
    schema: textSchema(rules),
    parse: (value, place, faults) => {
      if (value === undefined || value === null) return undefined;
      if (typeof value !== 'string') return misfit(faults, place, 'System.String');
      const { field, name } = place;
      // A NUL or half a surrogate pair cannot be stored, and means nothing anywhere.
      if (value.includes('\0') || /\p{Surrogate}/u.test(value))
        return faults.add(field, `The field ${name} holds characters that cannot be kept.`);
      if (min > 0 && value.length === 0) return faults.add(field, `The ${name} field is required.`);
      if (value.length < min || (max !== undefined && value.length > max))
        return faults.add(field, lengthText(name, min, max));
      if (rules.format === 'uri' && !isHttpUrl(value))
        return faults.add(
          field,
          `The ${name} field is not a valid fully-qualified http or https URL.`,
        );
      if (rules.format === 'email' && !/^[^@\s]+@[^@\s]+$/.test(value))
        return faults.add(field, `The ${name} field is not a valid e-mail address.`);
      return value;
    },
  };
}

function textSchema({ min, max, format }: TextRules): JsonSchema {
  return {
    type: 'string',
    ...(min === undefined ? {} : { minLength: min }),
    ...(max === undefined ? {} : { maxLength: max }),
    ...(format === undefined ? {} : { format }),
  };
}

function lengthText(name: string, min: number, max: number | undefined): string {
  const least = min > 0 ? ` with a minimum length of ${min} and` : ' with';
  return max === undefined
    ? `The field ${name} must be a string with a minimum length of ${min}.`
    : `The field ${name} must be a string${least} a maximum length of ${max}.`;
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

/** A whole number. */
export function int(min: number, max: number): Shape<number> {
  return {
    schema: { type: 'integer', minimum: min, maximum: max },
    parse: (value, place, faults) => {
      if (value === undefined || value === null) return undefined;
      if (typeof value !== 'number' || !Number.isInteger(value))
        return misfit(faults, place, 'System.Int64');
      if (value < min || value > max)
        return faults.add(
          place.field,
          `The field ${place.name} must be between ${min} and ${max}.`,
        );
      return value;
    },
  };
}

/** True or false. */
export function flag(): Shape<boolean> {
  return {
    schema: { type: 'boolean' },
    parse: (value, place, faults) => {
      if (value === undefined || value === null) return undefined;
      return typeof value === 'boolean' ? value : misfit(faults, place, 'System.Boolean');
    },
  };
}

/** One of some words; compared without regard to case, as the original does. */
export function oneOf<const T extends string>(words: readonly T[]): Shape<T> {
  return {
    schema: { type: 'string', enum: [...words] },
    parse: (value, place, faults) => {
      if (value === undefined || value === null) return undefined;
      const asked = typeof value === 'string' ? value.toLowerCase() : null;
      const found = words.find((word) => word.toLowerCase() === asked);
      return found ?? misfit(faults, place, `one of ${words.join(', ')}`);
    },
  };
}

/** A moment, ISO 8601; read as Unix milliseconds. One without a zone is UTC. */
export function moment(): Shape<number> {
  return {
    schema: { type: 'string', format: 'date-time' },
    parse: (value, place, faults) => {
      if (value === undefined || value === null) return undefined;
      const ms = typeof value === 'string' ? readMoment(value) : null;
      return ms ?? misfit(faults, place, 'System.DateTime');
    },
  };
}

const MOMENT =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

function readMoment(value: string): number | null {
  const match = MOMENT.exec(value);
  if (match === null) return null;
  const zoned = match[1] === undefined && value.length > 10 ? `${value}Z` : value;
  const ms = Date.parse(zoned.replace(' ', 'T'));
  return Number.isNaN(ms) ? null : ms;
}

/** A list of up to so many items. */
export function list<T>(shape: Shape<T>, items_max: number): Shape<T[]> {
  return {
    schema: { type: 'array', items: shape.schema, maxItems: items_max },
    parse: (value, place, faults) => {
      if (value === undefined || value === null) return undefined;
      if (!Array.isArray(value)) return misfit(faults, place, 'System.Collections.Generic.List');
      if (value.length > items_max)
        return faults.add(
          place.field,
          `The field ${place.name} must be an array with a maximum length of ${items_max}.`,
        );
      const items = value.map((item, index) => {
        const at = { ...place, field: `${place.field}[${index}]`, json: `${place.json}[${index}]` };
        if (item === null || item === undefined)
          return faults.add(at.field, `The ${place.name} field holds an empty entry.`);
        return shape.parse(item, at, faults);
      });
      return items as T[];
    },
  };
}

/** Texts by names of the sender's own. */
export function textMap(rules: {
  keys_max: number;
  key_chars_max: number;
  value_chars_max: number;
}): Shape<Record<string, string>> {
  const value = text({ max: rules.value_chars_max });
  return {
    schema: {
      type: 'object',
      additionalProperties: value.schema,
      maxProperties: rules.keys_max,
      propertyNames: { maxLength: rules.key_chars_max },
    },
    parse: (given, place, faults) => {
      if (given === undefined || given === null) return undefined;
      if (!isObject(given)) return misfit(faults, place, 'System.Collections.Generic.Dictionary');
      const entries = Object.entries(given);
      if (entries.length > rules.keys_max)
        return faults.add(
          place.field,
          `The field ${place.name} must have at most ${rules.keys_max} entries.`,
        );
      const read: [string, string][] = [];
      for (const [key, item] of entries) {
        const at = { field: `${place.field}.${key}`, json: `${place.json}.${key}`, name: key };
        if (key.length > rules.key_chars_max || key.includes('\0'))
          faults.add(
            place.field,
            `The field ${place.name} has a key of more than ${rules.key_chars_max} characters.`,
          );
        else read.push([key, value.parse(item, at, faults) ?? '']);
      }
      return Object.fromEntries(read);
    },
  };
}

/**
 * An object of named fields. Names are found without regard to case; what is not named is passed
 * over, as the original's server does.
 */
export function object<const F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const known = Object.entries(fields);
  return {
    schema: objectSchema(known),
    parse: (value, place, faults) => {
      if (value === undefined || value === null) return undefined;
      if (!isObject(value)) return misfit(faults, place, 'System.Object');
      const given = new Map(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item]));
      const read: Record<string, unknown> = {};
      for (const [key, shape] of known) {
        const exact = Object.hasOwn(value, key) ? value[key] : given.get(key.toLowerCase());
        const item = shape.parse(exact, inside(place, key), faults);
        if (item !== undefined) read[key] = item;
      }
      return read as ObjectOf<F>;
    },
  };
}

function objectSchema(known: readonly (readonly [string, Shape<unknown>])[]): JsonSchema {
  const required = known.filter(([, shape]) => shape.isRequired === true).map(([key]) => key);
  return {
    type: 'object',
    properties: Object.fromEntries(known.map(([key, { schema }]) => [key, schema])),
    ...(required.length === 0 ? {} : { required }),
  };
}

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
