import type { Json, JsonObject } from '../domain/json.js';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = JsonObject;

/** What an operation takes beside its body. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly about?: string;
}

/** What an operation answers with. */
export interface Answer {
  readonly about: string;
  /** null: the answer has no body. */
  readonly schema: JsonSchema | null;
  /** The body's media type; JSON if absent. */
  readonly type?: string;
}

/** One operation of an API. */
export interface Operation {
  /** Unique in its API, and fit for an address. */
  readonly id: string;
  readonly method: string;
  /** With `{name}` for what stands in it. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Sentences about what matches the original and what does not; may be empty. */
  readonly notes: readonly string[];
  /** Schemes of which one is needed; empty: nobody has to say who they are. */
  readonly access: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly body: { readonly type: string; readonly schema: JsonSchema } | null;
  /** A request that succeeds as it is, where the path names nothing; null: there is none. */
  readonly example: Json;
  /** By HTTP status. */
  readonly answers: Readonly<Record<string, Answer>>;
}

/** One code of an API's errors, for the catalogue. */
export interface ErrorEntry {
  /** As it stands in the answer. */
  readonly code: string;
  /** HTTP statuses that it comes with. */
  readonly statuses: readonly number[];
  readonly meaning: string;
  /** What the caller does about it. */
  readonly remedy: string;
}

/** All that is told of one API: its OpenAPI document and the pages of the reference come of it. */
export interface ApiDescription {
  /** Its word in addresses. */
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly about: string;
  /** Security schemes of OpenAPI, by name. */
  readonly schemes: Readonly<Record<string, JsonObject>>;
  /** Schemas that others refer to. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  readonly operations: readonly Operation[];
  /** What an error is, whatever its status. */
  readonly error: { readonly type: string; readonly schema: JsonSchema };
  readonly errors: readonly ErrorEntry[];
}

/** A route's path, `/a/:id`, as OpenAPI writes it, `/a/{id}`. */
export function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

/** The parameters that a route's path names. */
export function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

/** What a query takes, whose properties a schema describes. */
export function queryParameters({ properties, required }: JsonSchema): Parameter[] {
  const needed = Array.isArray(required) ? required : [];
  const known = Object.entries((properties ?? {}) as Record<string, JsonSchema>);
  return known.map(([name, schema]) => ({
    name,
    in: 'query',
    required: needed.includes(name),
    schema,
  }));
}

/** The notes on a route beside its original; either may be empty. */
export function notesOf({ matches, deviates }: { matches: string; deviates: string }): string[] {
  return [
    ...(matches === '' ? [] : [`Matches: ${matches}.`]),
    ...(deviates === '' ? [] : [`Deviates: ${deviates}.`]),
  ];
}

/** An id for an operation that has no published one: its method and path, `post-v1-refunds-id`. */
export function operationId(method: string, path: string): string {
  const words = path.split(/[/:]/).filter((word) => word !== '');
  return [method.toLowerCase(), ...words].join('-');
}

/** A schema that stands among the description's own `schemas`. */
export function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The API as an OpenAPI 3.1 document. @param server the origin that answers */
export function openApiOf(api: ApiDescription, server: string): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const operation of api.operations) {
    const methods = paths[operation.path] ?? {};
    methods[operation.method.toLowerCase()] = operationOf(api, operation);
    paths[operation.path] = methods;
  }
  return {
    openapi: '3.1.0',
    info: { title: api.title, version: api.version, description: api.about },
    servers: [{ url: server }],
    tags: [...new Set(api.operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { securitySchemes: { ...api.schemes }, schemas: { ...api.schemas } },
  };
}

const JSON_TYPE = 'application/json';

function operationOf(api: ApiDescription, operation: Operation): JsonObject {
  const { id, tag, summary, notes, access, parameters, body, example, answers } = operation;
  const described = Object.entries(answers).map(([status, { about, schema, type: media }]) => {
    const content = schema === null ? {} : { content: { [media ?? JSON_TYPE]: { schema } } };
    return [status, { description: about, ...content }] as const;
  });
  const { type, schema } = api.error;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(notes.length === 0 ? {} : { description: notes.join('\n\n') }),
    security: access.map((scheme) => ({ [scheme]: [] })),
    parameters: parameters.map(parameterOf),
    ...(body === null ? {} : { requestBody: bodyOf(body, example) }),
    responses: {
      ...Object.fromEntries(described),
      default: { description: 'It is refused.', content: { [type]: { schema } } },
    },
  };
}

function parameterOf({ name, in: place, required, schema, about }: Parameter): JsonObject {
  const nested = place === 'query' ? { style: 'deepObject', explode: true } : {};
  return {
    name,
    in: place,
    required,
    schema,
    ...(about === undefined ? {} : { description: about }),
    ...(isNested(schema) ? nested : {}),
  };
}

function bodyOf({ type, schema }: NonNullable<Operation['body']>, example: Json): JsonObject {
  const required = Array.isArray(schema.required) && schema.required.length > 0;
  const shown = example === null ? {} : { example };
  return { required, content: { [type]: { schema, ...shown, ...encodingOf(type, schema) } } };
}

/** How a form writes what is nested: `a[b]=…`. */
function encodingOf(type: string, { properties }: JsonSchema): JsonObject {
  if (type !== 'application/x-www-form-urlencoded') return {};
  const nested = Object.entries((properties ?? {}) as Record<string, JsonSchema>)
    .filter(([, schema]) => isNested(schema))
    .map(([name]) => [name, { style: 'deepObject', explode: true }]);
  return { encoding: Object.fromEntries(nested) };
}

function isNested({ type, anyOf }: JsonSchema): boolean {
  if (Array.isArray(anyOf)) return anyOf.some((one) => isNested(one as JsonSchema));
  return type === 'object' || type === 'array';
}
