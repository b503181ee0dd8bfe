import type { Json } from '../../domain/json.js';
import type { JsonSchema } from '../openapi.js';
import type { Param, ParamSpec } from './params.js';
import {
  amount_digits_max,
  metadata_key_chars_max,
  metadata_keys_max,
  metadata_value_chars_max,
} from './params-parse.js';

/** The smallest of each range of amounts; a signed one has none. */
const AMOUNT_MIN = { charge: 1, positive: 1, not_negative: 0, signed: null } as const;

/** What a parameter takes, as a JSON Schema of the value that its form stands for. */
export function schemaOf({ spec, unsettable, fallback }: Param<unknown>): JsonSchema {
  const schema = plainSchema(spec);
  const taken = unsettable ? { anyOf: [schema, { const: '' }] } : schema;
  return isPlain(fallback) ? { ...taken, default: fallback } : taken;
}

function isPlain(value: unknown): value is Json {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function plainSchema(spec: ParamSpec): JsonSchema {
  switch (spec.kind) {
    case 'string':
      return {
        type: 'string',
        maxLength: spec.chars_max,
        ...(spec.format === null ? {} : { format: spec.format.name }),
      };
    case 'integer':
      return integerSchema(spec);
    case 'amount':
      return amountSchema(AMOUNT_MIN[spec.range]);
    case 'boolean':
      return spec.words.size === 0
        ? { type: 'boolean' }
        : { anyOf: [{ type: 'boolean' }, { type: 'string', enum: [...spec.words] }] };
    case 'enumeration':
      return { type: 'string', enum: [...spec.values] };
    case 'metadata':
      return {
        type: 'object',
        additionalProperties: { type: 'string', maxLength: metadata_value_chars_max },
        maxProperties: metadata_keys_max,
        propertyNames: { maxLength: metadata_key_chars_max },
      };
    case 'open':
      return { type: 'object' };
    case 'array':
      return { type: 'array', items: schemaOf(spec.of), maxItems: spec.items_max };
    case 'hash':
      return hashSchema(spec);
    case 'either':
      return { anyOf: [schemaOf(spec.text), schemaOf(spec.nested)] };
  }
}

/** A number out of range is moved into it where the parameter clamps: it breaks no rule. */
function integerSchema({ min, max, clamp }: Extract<ParamSpec, { kind: 'integer' }>): JsonSchema {
  if (clamp) return { type: 'integer', description: `Is moved into ${min} to ${max}.` };
  return {
    type: 'integer',
    ...(min === Number.MIN_SAFE_INTEGER ? {} : { minimum: min }),
    ...(max === Number.MAX_SAFE_INTEGER ? {} : { maximum: max }),
  };
}

function amountSchema(minimum: number | null): JsonSchema {
  const maximum = 10 ** amount_digits_max - 1;
  return { type: 'integer', ...(minimum === null ? {} : { minimum }), maximum };
}

function hashSchema({ fields, required }: Extract<ParamSpec, { kind: 'hash' }>): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries([...fields].map(([name, param]) => [name, schemaOf(param)])),
    ...(required.length === 0 ? {} : { required: [...required] }),
    additionalProperties: false,
  };
}
