import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

/** A JSON Schema as the description uses it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Operation {
  readonly name?: string;
  readonly method: string;
  readonly path: string;
  readonly request: Schema | null;
  /** By status; null where the answer has no body. */
  readonly responses: Readonly<Record<string, Schema | null>>;
}

interface Description {
  readonly operations: readonly Operation[];
  readonly definitions: Readonly<Record<string, Schema>>;
}

/**
 * Fields that the description's own examples or the documentation's recorded answers have and its
 * schemas do not declare. Anything else that a response has too much is a mistake of ours.
 */
const RECORDED: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  // In every example of a payment intent.
  PaymentIntent: {
    paymentSource: { type: 'string' },
    paymentEvents: { type: 'array', items: { $ref: '#/definitions/PaymentStatusResponse' } },
  },
  PaymentIntentConfigResponse: { branding: { type: 'object' }, tradingName: { type: 'string' } },
  // In the examples of the webhooks' secrets.
  SubscriptionSecret: { lastUsedAt: {} },
};

/** What no description has: what the mobile libraries call, and Tender's own additions. */
const UNDESCRIBED: readonly RegExp[] = [
  /^\/payment-intents\/public\//,
  /^\/webhooks\/[^/]+\/(deliveries|events)/,
];

const FORMATS: Readonly<Record<string, true | RegExp | ((text: string) => boolean)>> = {
  // Numbers of the wire are within what JSON can say.
  int32: true,
  int64: true,
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z$/,
  timespan: /^(\d{1,3}\.)?\d{2}:\d{2}:\d{2}(\.\d{1,7})?$/,
  uri: (text) => URL.canParse(text),
};

const description: Description = JSON.parse(
  readFileSync(new URL('../openapi/dojo.json', import.meta.url), 'utf8'),
);

function recorded(name: string, schema: Schema): Schema {
  const properties = { ...schema.properties, ...RECORDED[name] };
  return name in RECORDED ? { ...schema, properties } : schema;
}

const ajv = buildAjv();

function buildAjv(): Ajv {
  const built = new Ajv({ strict: false, allErrors: true, verbose: true, formats: FORMATS });
  for (const [name, schema] of Object.entries(description.definitions)) {
    const text = JSON.stringify(recorded(name, schema)).replaceAll('#/definitions/', 'dojo:');
    // In a sandbox, webhooks may also be sent to this machine without TLS.
    const { pattern: _, ...own } = JSON.parse(text.replaceAll('"^https://*.+"', '""'));
    built.addSchema(own, `dojo:${name}`);
  }
  return built;
}

const compiled = new Map<string, ValidateFunction>();

function validatorOf(schema: Schema): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('#/definitions/', 'dojo:');
  const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text));
  compiled.set(text, validate);
  return validate;
}

/** The operation that a request asks for; fixed segments go before those in braces. */
function operationOf(method: string, path: string): Operation | undefined {
  const segments = path.replace(/\/$/, '').split('/');
  const fits = description.operations.filter((one) => {
    const pattern = one.path.split('/');
    if (one.method !== method || pattern.length !== segments.length) return false;
    return pattern.every((part, i) => part.startsWith('{') || part === segments[i]);
  });
  const named = ({ path: own }: Operation): number => own.split('{').length;
  return fits.sort((a, b) => named(a) - named(b))[0];
}

function reason({ keyword, params, message, data }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `undeclared field '${params.additionalProperty}'`;
  return `${message}, is ${JSON.stringify(data)?.slice(0, 80)}`;
}

/** Of a choice with null is told what is wrong with the value, not that it is no null. */
function describe(errors: readonly ErrorObject[]): string[] {
  const told = errors.filter(
    ({ keyword, params }) => keyword !== 'anyOf' && params.type !== 'null',
  );
  return [...new Set(told.map((error) => `${error.instancePath || '/'}: ${reason(error)}`))];
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Every error is problem JSON with the fields that Dojo's server sends. */
function problemFaults(status: number, body: unknown): string[] {
  if (!isObject(body)) return ['/: an error without a body'];
  const { errors, title, type, traceId, status: told } = body as Record<string, unknown>;
  const faults = validatorOf({ $ref: '#/definitions/ProblemDetails' })(body)
    ? []
    : ['/: no problem JSON'];
  if (!isObject(errors)) faults.push('/errors: missing');
  if (typeof title !== 'string' || title === '') faults.push('/title: missing');
  if (typeof type !== 'string') faults.push('/type: missing');
  if (told !== status) faults.push(`/status: is ${told} in an answer of ${status}`);
  if (!/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/.test(String(traceId))) faults.push('/traceId');
  return faults;
}

/**
 * Validates one answer of the Dojo dialect at the newest version against the published description:
 * the operation is found by method and path (without the query), its schema by the status.
 * @param body the parsed JSON; undefined where there was none
 * @returns one readable line per error, each with its JSON pointer; none if the answer is valid
 */
export function validateDojo(
  method: string,
  path: string,
  status: number,
  body: unknown,
): readonly string[] {
  const operation = operationOf(method, path);
  const isKnown = operation !== undefined && String(status) in operation.responses;
  const schema = operation?.responses[String(status)];
  const faults = status >= 400 ? problemFaults(status, body) : [];
  if (!isKnown) {
    if (status >= 400 || UNDESCRIBED.some((own) => own.test(path))) return faults;
    return [`/: no operation answers ${method} ${path} with ${status}`];
  }
  if (schema === null || schema === undefined)
    return status < 400 && body !== undefined ? ['/: a body where none is described'] : faults;
  const validate = validatorOf(schema);
  return validate(body) ? faults : [...faults, ...describe(validate.errors ?? [])];
}

/** The schema of the body that an operation takes; null where none is described. */
export function dojoRequest(method: string, path: string): Schema | null {
  return operationOf(method, path)?.request ?? null;
}

/** A schema of the description, by its name. */
export function dojoSchema(name: string): Schema {
  const schema = description.definitions[name];
  if (schema === undefined) throw new Error(`${name} is not described`);
  return schema;
}

/** What a `$ref` leads to; the schema itself where it is none. */
export function resolveDojo(schema: Schema): Schema {
  return schema.$ref === undefined ? schema : dojoSchema(schema.$ref.slice(14));
}
