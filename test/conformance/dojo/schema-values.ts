import { resolveDojo, type Schema } from '../../support/dojo-schema.js';
import type { Wire } from './client.js';

/** JSON of any shape. */
export type Json = Wire;

/** Values of fields whose meaning a schema cannot tell, by name. */
const KNOWN: Readonly<Record<string, Json>> = {
  currencyCode: 'GBP',
  countryCode: 'GB',
  emailAddress: 'gabriel@dojo.example',
  ipAddress: '127.0.0.1',
  paymentMethods: ['Card', 'Wallet', 'SavedCard'],
  expireAt: '2099-12-31T23:59:58Z',
  autoExpireIn: '1.02:03:04',
  availabilityDate: '2030-01-02T03:04:05Z',
  value: 1234,
};

/** A value with every field of a schema that has any; strings as long as they may be. */
export function full(schema: Schema, name: string): Json {
  const own = resolveDojo(schema);
  if (name in KNOWN) return KNOWN[name];
  if (own.anyOf !== undefined) return full(own.anyOf[0] ?? {}, name);
  if (own.enum !== undefined) return own.enum.at(-1);
  if (own.properties !== undefined)
    return Object.fromEntries(
      Object.entries(own.properties).map(([key, value]) => [key, full(value, key)]),
    );
  if (own.type === 'object') return { [`${name} key`]: `${name} value` };
  if (own.type === 'array') return [full(own.items ?? {}, name)];
  if (own.type === 'boolean') return true;
  if (own.type === 'integer') return own.minimum ?? 3;
  if (own.format === 'uri') return `https://shop.example/${name}`;
  return own.maxLength === undefined ? name : name.padEnd(own.maxLength, 'x');
}

/** One way in which a body breaks its schema. */
export interface Violation {
  /** Where it is, as errors name it: `Customer.EmailAddress`, or `$.amount` for a wrong type. */
  readonly field: string;
  readonly body: Json;
}

const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

const isObject = (schema: Schema) => schema.properties !== undefined;

/** The schema itself, without the choice of null. */
const bare = (schema: Schema): Schema => {
  const own = resolveDojo(schema);
  return own.anyOf === undefined ? own : bare(own.anyOf[0] ?? {});
};

/** Every way in which one field of a body breaks its schema, with the rest as it should be. */
export function violations(schema: Schema, good: Json, field = '', json = '$'): Violation[] {
  return Object.entries(bare(schema).properties ?? {}).flatMap(([name, property]) => {
    const own = bare(property);
    const at = field === '' ? pascal(name) : `${field}.${pascal(name)}`;
    const path = `${json}.${name}`;
    const wrong = (where: string, value: Json) => ({
      field: where,
      body: { ...good, [name]: value },
    });
    const inner = isObject(own)
      ? violations(own, full(property, name), at, path).map((one) => wrong(one.field, one.body))
      : [];
    const items = own.type === 'array' ? bare(own.items ?? {}) : {};
    const listed = isObject(items)
      ? violations(items, full(items, name), `${at}[0]`, `${path}[0]`).map((one) =>
          wrong(one.field, [one.body]),
        )
      : [];
    const { [name]: _, ...without } = good;
    return [
      ...inner,
      ...listed,
      wrong(path, own.type === 'string' ? { not: 'text' } : 'not that'),
      ...(bare(schema).required?.includes(name) ? [{ field: at, body: without }] : []),
      ...(own.maxLength === undefined ? [] : [wrong(at, 'x'.repeat(own.maxLength + 1))]),
      ...(own.minLength === undefined ? [] : [wrong(at, '')]),
      ...(own.format === 'uri' ? [wrong(at, 'javascript:alert(1)')] : []),
      ...(own.minimum === undefined ? [] : [wrong(at, own.minimum - 1)]),
      ...(own.maximum === undefined ? [] : [wrong(at, own.maximum + 1)]),
    ];
  });
}
