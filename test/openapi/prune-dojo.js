/**
 * Cuts the published description of the Dojo API down to what the conformance tests need and writes
 * `dojo.json` beside this file: every operation with the schemas of its body and of its answers,
 * and the schemas as JSON Schema (draft-07). The input is the OpenAPI 3.0 document as JSON.
 *
 *   node test/openapi/prune-dojo.js dojo-2025-09-10.json
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** @typedef {{ [key: string]: any }} Schema */

const input = process.argv[2];
if (!input) {
  console.error('usage: node test/openapi/prune-dojo.js <openapi.json>');
  process.exit(1);
}
/** @type {{ paths: Record<string, any>, components: { schemas: Record<string, Schema> } }} */
const source = JSON.parse(readFileSync(input, 'utf8'));

const REF = '#/components/schemas/';

/** Keywords that say which values are valid; all others are for readers. */
const KEPT = ['enum', 'format', 'maximum', 'minimum', 'maxLength', 'minLength', 'pattern'];

/** @param {Schema} schema @returns {Schema} */
function target(schema) {
  if (schema.$ref === undefined) return schema;
  const found = source.components.schemas[schema.$ref.slice(REF.length)];
  if (found === undefined) throw new Error(`${schema.$ref} is not defined`);
  return found;
}

/**
 * Parts of one object become one: closed parts, each for itself, would refuse the others' fields.
 * @param {Schema[]} parts @returns {Schema}
 */
function merged(parts) {
  const whole = parts.map(target).flatMap((part) => (part.allOf ? [merged(part.allOf)] : [part]));
  const required = whole.flatMap((part) => part.required ?? []);
  return {
    type: 'object',
    properties: Object.assign({}, ...whole.map((part) => part.properties ?? {})),
    ...(required.length === 0 ? {} : { required }),
    ...(whole.some((part) => part.additionalProperties === false)
      ? { additionalProperties: false }
      : {}),
  };
}

/** @param {Schema} schema @returns {Schema} */
function plain(schema) {
  if (schema.$ref) return { $ref: `#/definitions/${schema.$ref.slice(REF.length)}` };
  const parts = schema.allOf ?? schema.oneOf;
  if (parts?.length === 1) return convert(parts[0]);
  if (schema.allOf) return convert(merged(schema.allOf));
  if (schema.oneOf) return { anyOf: schema.oneOf.map(convert) };
  /** @type {Schema} */
  const kept = schema.type === undefined ? {} : { type: schema.type };
  for (const keyword of KEPT) if (keyword in schema) kept[keyword] = schema[keyword];
  if (schema.required) kept.required = schema.required;
  if (schema.items) kept.items = convert(schema.items);
  if (schema.properties)
    kept.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, value]) => [name, convert(value)]),
    );
  const rest = schema.additionalProperties;
  if (rest !== undefined) kept.additionalProperties = rest === false ? false : convert(rest);
  return kept;
}

/** @param {Schema} schema @returns {Schema} */
function convert(schema) {
  const converted = plain(schema);
  return schema.nullable ? { anyOf: [converted, { type: 'null' }] } : converted;
}

/** @param {any} content */
const schemaOf = (content) => content?.['application/json']?.schema;

const operations = Object.entries(source.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, operation]) => {
    if (operation.responses === undefined) return [];
    const request = schemaOf(operation.requestBody?.content);
    const responses = Object.entries(operation.responses).map(([status, { content }]) => {
      const schema = schemaOf(content);
      return [status, schema === undefined ? null : convert(schema)];
    });
    return {
      name: operation.operationId,
      method: method.toUpperCase(),
      path,
      request: request === undefined ? null : convert(request),
      responses: Object.fromEntries(responses),
    };
  }),
);
const definitions = Object.entries(source.components.schemas).map(([name, schema]) => [
  name,
  convert(schema),
]);

// One operation or definition a line: a new version then shows as a readable difference.
const lines = definitions.map(([name, schema]) => `"${name}":${JSON.stringify(schema)}`);
writeFileSync(
  new URL('./dojo.json', import.meta.url),
  `{"operations":[\n${operations.map((one) => JSON.stringify(one)).join(',\n')}\n],\n` +
    `"definitions":{\n${lines.join(',\n')}\n}}\n`,
);
console.log(`${operations.length} operations, ${lines.length} definitions`);
