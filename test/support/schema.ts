import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type SchemaValidateFunction, type ValidateFunction } from 'ajv';

/** A JSON Schema as the published description uses it (draft-07; only these keywords occur). */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

interface Description {
  readonly roots: Readonly<Record<string, { readonly $ref: string }>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

type Properties = Readonly<Record<string, unknown>>;

/** An addition of Tender's, on a disputed charge only, so that its dispute can be expanded. */
const DISPUTED = ['dispute'];

/**
 * Fields that recordings of the live API contain and the typings do not declare, by definition. An
 * entry needs a recording: anything else that a response has too much is a mistake of ours.
 */
const RECORDED: Readonly<Record<string, readonly string[]>> = {
  // Seen in a plain create of 2026-08-26; not in the typings of 2026-10-28.
  'PaymentIntents.PaymentIntent': ['shared_payment_granted_token'],
  // Null in every recorded charge.
  'Charges.Charge': ['destination', 'order', 'transaction_link_id', ...DISPUTED],
  // An expanded `charge.refunds` carries `total_count`.
  list: ['total_count', 'count'],
  // The mobile libraries read whose key it is from it.
  'EphemeralKeys.EphemeralKey': ['associated_objects'],
};

/** Tender's additions: no description of Stripe's has them, and their own tests look at them. */
const OWN_OBJECTS: ReadonlySet<string> = new Set([
  'webhook_delivery',
  'api_key',
  'elements_session',
  'checkout_link',
  'radar.rule',
]);

/** What a list may have beside its own fields: `total_count` on request, `count` by charge. */
const LIST: Schema = {
  type: 'object',
  properties: {
    object: { const: 'list' },
    data: { type: 'array' },
    has_more: { type: 'boolean' },
    url: { type: 'string' },
    total_count: { type: 'number' },
    count: { type: 'number' },
  },
  required: ['object', 'data', 'has_more', 'url'],
};

const SEARCH_RESULT: Schema = {
  type: 'object',
  properties: {
    object: { const: 'search_result' },
    data: { type: 'array' },
    has_more: { type: 'boolean' },
    next_page: { anyOf: [{ type: 'null' }, { type: 'string' }] },
    total_count: { type: 'number' },
    url: { type: 'string' },
  },
  required: ['object', 'data', 'has_more', 'next_page', 'url'],
};

/** The answer to a DELETE where the description has no `Deleted…` definition of its own. */
const DELETED: Schema = {
  type: 'object',
  properties: { id: { type: 'string' }, object: { type: 'string' }, deleted: { const: true } },
  required: ['id', 'object', 'deleted'],
};

const description: Description = JSON.parse(
  readFileSync(new URL('../openapi/stripe.json', import.meta.url), 'utf8'),
);

const nameOf = (ref: string): string => ref.slice('#/definitions/'.length);

function resolve(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = description.definitions[nameOf(schema.$ref)];
  if (target === undefined) throw new Error(`${schema.$ref} is not defined`);
  return target;
}

/** The key by which an object says what it is: its `object`, marked if it is a deleted one. */
function kindOf(schema: Schema): string | undefined {
  const object = resolve(schema).properties?.object?.const;
  if (typeof object !== 'string') return undefined;
  // The living object declares `deleted` too, as something that it never has.
  const deleted = resolve(schema).properties?.deleted?.const === true;
  return deleted ? `deleted ${object}` : object;
}

function either(condition: object, matching: object, otherwise: object): object {
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  return { if: condition, then: matching, else: otherwise };
}

/**
 * A union of objects as a chain of if-then-else over what the value says it is. Plain `anyOf` would
 * answer with the errors of every branch, most of them about objects that nobody sent.
 */
function chooseObject(branches: readonly Schema[]): object {
  const [first, ...others] = branches;
  if (first === undefined) return {};
  if (others.length === 0) return strict(first);
  if (branches.some((branch) => kindOf(branch) === undefined)) {
    return { anyOf: branches.map((branch) => strict(branch)) };
  }
  // Deleted objects first: `object` alone would take one for the living kind.
  const sorted = [...branches].sort((a, b) => Number(isDeletedKind(b)) - Number(isDeletedKind(a)));
  const objects = new Set(branches.map((branch) => resolve(branch).properties?.object?.const));
  return sorted.reduceRight<object>(
    (rest, branch) => either(whenKind(branch), strict(branch), rest),
    { properties: { object: { enum: [...objects] } }, required: ['object'] },
  );
}

const isDeletedKind = (schema: Schema): boolean => kindOf(schema)?.startsWith('deleted ') ?? false;

function whenKind(schema: Schema): object {
  const object = { const: resolve(schema).properties?.object?.const };
  return isDeletedKind(schema)
    ? { properties: { object, deleted: { const: true } }, required: ['object', 'deleted'] }
    : { properties: { object }, required: ['object'] };
}

/** The schema as we hold responses to it: closed, and with unions that explain themselves. */
function strict(schema: Schema, name = ''): object {
  if (schema.$ref !== undefined) return { [LAZY]: nameOf(schema.$ref) };
  if (schema.anyOf !== undefined) {
    const isObject = (branch: Schema) => resolve(branch).type === 'object';
    const objects = schema.anyOf.filter(isObject);
    const others = schema.anyOf.filter((branch) => !isObject(branch));
    if (objects.length === 0) return { anyOf: others.map((branch) => strict(branch)) };
    const otherwise = { anyOf: [...others.map((branch) => strict(branch)), { type: 'object' }] };
    return either({ type: 'object' }, chooseObject(objects), otherwise);
  }
  if (schema.items !== undefined) return { ...schema, items: strict(schema.items) };
  if (schema.properties === undefined) return schema;
  return closed(schema, schema.properties, name);
}

function closed(schema: Schema, declared: NonNullable<Schema['properties']>, name: string) {
  const properties: Record<string, object> = {};
  for (const [key, value] of Object.entries(declared)) properties[key] = strict(value);
  const recorded = RECORDED[declared.object?.const === 'list' ? 'list' : name] ?? [];
  for (const key of recorded) properties[key] ??= {};
  // An interface without fields in the typings says nothing about what may be in it.
  const open = Object.keys(declared).length === 0;
  return { ...schema, properties, additionalProperties: schema.additionalProperties ?? open };
}

/**
 * A `$ref` that is followed when a value gets there. Compiling a payment intent with all that it
 * could ever refer to takes seconds, and every test file would pay for it.
 */
const LAZY = 'lazyRef';

const compiled = new Map<string, ValidateFunction>();

/** The validator of a definition, compiled when it is first asked for. */
function definitionOf(name: string): ValidateFunction {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const schema = description.definitions[name];
  if (schema === undefined) throw new Error(`${name} is not defined`);
  const validate = ajv.compile(strict(schema, name));
  compiled.set(name, validate);
  return validate;
}

function buildAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, verbose: true });
  const follow: SchemaValidateFunction = (name, data, _parent, context) => {
    const validate = definitionOf(name);
    if (validate(data)) return true;
    follow.errors = (validate.errors ?? []).map((error) => ({
      ...error,
      instancePath: `${context?.instancePath ?? ''}${error.instancePath}`,
    }));
    return false;
  };
  return ajv.addKeyword({ keyword: LAZY, schemaType: 'string', errors: 'full', validate: follow });
}

const ajv = buildAjv();

/** Definition by kind; of two with one name the first wins: roots come before what they use. */
const kinds = new Map<string, string>();
for (const name of [
  ...Object.values(description.roots).map((root) => nameOf(root.$ref)),
  ...Object.keys(description.definitions),
]) {
  const kind = kindOf({ $ref: `#/definitions/${name}` });
  if (kind !== undefined && kind !== 'list' && !kinds.has(kind)) kinds.set(kind, name);
}

const inline = {
  list: ajv.compile(strict(LIST)),
  search_result: ajv.compile(strict(SEARCH_RESULT)),
  deleted: ajv.compile(strict(DELETED)),
};

function validatorFor(kind: string, deleted: boolean): ValidateFunction | undefined {
  if (kind === 'list' || kind === 'search_result') return inline[kind];
  const name = kinds.get(deleted ? `deleted ${kind}` : kind);
  if (name === undefined) return deleted ? inline.deleted : undefined;
  return definitionOf(name);
}

/** `/charges/0/amount: must be number, is "12"`; the errors that only frame others are left out. */
function describe(errors: readonly ErrorObject[]): string[] {
  const unions = errors.filter((error) => error.keyword === 'anyOf');
  const lines = errors
    .filter((error) => error.keyword !== 'if')
    .filter((error) => error.keyword === 'anyOf' || !unions.some((union) => frames(union, error)))
    .map((error) => `${error.instancePath || '/'}: ${reason(error)}`);
  return [...new Set(lines)];
}

const frames = (union: ErrorObject, error: ErrorObject): boolean =>
  union.instancePath === error.instancePath && error.schemaPath.startsWith(union.schemaPath);

function reason(error: ErrorObject): string {
  const value = JSON.stringify(error.data)?.slice(0, 60);
  switch (error.keyword) {
    case 'additionalProperties':
      return `undeclared field '${error.params.additionalProperty}'`;
    case 'required':
      return `missing field '${error.params.missingProperty}'`;
    case 'anyOf': {
      const branches: readonly Schema[] = error.parentSchema?.anyOf ?? [];
      return `must be ${branches.map(branchName).join(' or ')}, is ${value}`;
    }
    case 'const':
      return `must be ${JSON.stringify(error.params.allowedValue)}, is ${value}`;
    case 'enum':
      return `must be one of ${error.params.allowedValues.join(', ')}, is ${value}`;
    default:
      return `${error.message}, is ${value}`;
  }
}

function branchName(branch: Schema): string {
  if (branch.enum !== undefined) return branch.enum.join('|');
  if (branch.const !== undefined) return JSON.stringify(branch.const);
  return branch.type ?? branch.$ref ?? 'a union';
}

/** The objects inside a container, with where they are: they are validated one by one. */
function contained(object: Properties): [path: string, value: unknown][] {
  if (object.object === 'event') {
    const data = object.data as Properties | undefined;
    return [['/data/object', data?.object]];
  }
  if (object.object !== 'list' && object.object !== 'search_result') return [];
  const data = Array.isArray(object.data) ? object.data : [];
  return data.map((value, index) => [`/data/${index}`, value]);
}

/**
 * Validates one response body of the Stripe dialect, as a secret key sees it at the newest API
 * version, against the published description. The definition is chosen by the body's `object` (and
 * `deleted`); the objects in lists, search results and events are validated too. Fields that the
 * description does not declare are errors, but for those that recordings show.
 * @returns one readable line per error, each with its JSON pointer; none if the object is valid
 */
export function validateStripe(object: unknown): string[] {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    return [`/: must be an object, is ${JSON.stringify(object)}`];
  }
  const body = object as Properties;
  if (typeof body.object !== 'string') return ["/: missing field 'object'"];
  if (OWN_OBJECTS.has(body.object)) return [];
  const validate = validatorFor(body.object, body.deleted === true);
  if (validate === undefined) return [`/object: no definition for '${body.object}'`];
  const own = validate(body) ? [] : describe(validate.errors ?? []);
  const inner = contained(body).flatMap(([path, value]) =>
    validateStripe(value).map((line) => `${path}${line.startsWith('/:') ? line.slice(1) : line}`),
  );
  return [...own, ...inner];
}
