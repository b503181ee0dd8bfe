/**
 * Makes `src/api/admin/schemas.ts`, the JSON Schemas of the admin API, from the types in
 * `schema.ts` beside it: one place says what the server, the dashboard, the SDK and the OpenAPI
 * document mean. It knows as much of TypeScript as those types use, and throws at anything else.
 *
 *   npx tsx scripts/admin-schemas.ts
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import type { JsonSchema } from '../src/api/openapi.js';
import type { Json } from '../src/domain/json.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = 'src/api/admin/schema.ts';
const TARGET = 'src/api/admin/schemas.ts';

interface Node {
  readonly type: string;
  readonly start: number;
  // biome-ignore lint/suspicious/noExplicitAny: the tree's nodes have no common fields
  readonly [field: string]: any;
}

/** What a file declares: its types by their names, and its text, which holds the comments. */
interface Source {
  readonly types: ReadonlyMap<string, Node>;
  readonly text: string;
}

/** A type's schema, with what the type's parameters stand for. */
type Given = ReadonlyMap<string, JsonSchema>;

const NONE: Given = new Map();
const KEYWORDS: Readonly<Record<string, string>> = {
  TSStringKeyword: 'string',
  TSNumberKeyword: 'number',
  TSBooleanKeyword: 'boolean',
  TSNullKeyword: 'null',
};

/** The schemas of the exported types of a file, by their names; generic ones have none. */
export function schemasFrom(text: string): Record<string, JsonSchema> {
  const { program } = parseSync('schema.ts', text) as unknown as { program: Node };
  const types = new Map<string, Node>();
  for (const { type, declaration } of program.body as Node[])
    if (type === 'ExportNamedDeclaration') types.set(declaration.id.name, declaration);
  const source = { types, text };
  return Object.fromEntries(
    [...types]
      .filter(([, { typeParameters }]) => !typeParameters)
      .map(([name, node]) => [name, { ...declared(source, node, NONE), ...docOf(source, node) }]),
  );
}

function declared(source: Source, node: Node, given: Given): JsonSchema {
  if (node.type === 'TSTypeAliasDeclaration') return schemaOf(source, node.typeAnnotation, given);
  const parents = (node.extends as Node[]).map(({ expression }) => {
    const parent = source.types.get(expression.name);
    if (parent === undefined) throw new Error(`${expression.name} is not declared`);
    return declared(source, parent, given);
  });
  return merged([...parents, objectOf(source, node.body.body, given)]);
}

function merged(parts: readonly JsonSchema[]): JsonSchema {
  const required = parts.flatMap((part) => part.required ?? []) as string[];
  const properties = Object.assign({}, ...parts.map((part) => part.properties));
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

function objectOf(source: Source, members: readonly Node[], given: Given): JsonSchema {
  const fields = members.map((member) => {
    const schema = schemaOf(source, member.typeAnnotation.typeAnnotation, given);
    return [member.key.name as string, { ...schema, ...docOf(source, member) }] as const;
  });
  const required = members.filter(({ optional }) => !optional).map(({ key }) => key.name as string);
  return merged([{ properties: Object.fromEntries(fields), required }]);
}

function schemaOf(source: Source, node: Node, given: Given): JsonSchema {
  const keyword = KEYWORDS[node.type];
  if (keyword !== undefined) return { type: keyword };
  switch (node.type) {
    case 'TSLiteralType':
      return { enum: [node.literal.value as Json] };
    case 'TSTypeOperator':
    case 'TSParenthesizedType':
      return schemaOf(source, node.typeAnnotation, given);
    case 'TSArrayType':
      return { type: 'array', items: schemaOf(source, node.elementType, given) };
    case 'TSTypeLiteral':
      return objectOf(source, node.members, given);
    case 'TSUnionType':
      return unionOf((node.types as Node[]).map((one) => schemaOf(source, one, given)));
    case 'TSIntersectionType':
      return { allOf: (node.types as Node[]).map((one) => schemaOf(source, one, given)) };
    case 'TSTupleType':
      return tupleOf((node.elementTypes as Node[]).map((one) => schemaOf(source, one, given)));
    case 'TSNamedTupleMember':
      return schemaOf(source, node.elementType, given);
    case 'TSMappedType':
      return mappedOf(source, node, given);
    case 'TSTypeReference':
      return referenceOf(source, node, given);
  }
  throw new Error(`${SOURCE}: ${node.type} has no schema`);
}

/** Words become one list; anything else stays a choice. */
function unionOf(choices: readonly JsonSchema[]): JsonSchema {
  const words = choices.flatMap((one) => (one.enum ?? []) as Json[]);
  const others = choices.filter((one) => one.enum === undefined);
  const all = words.length === 0 ? others : [{ enum: words }, ...others];
  const [only] = all;
  return all.length === 1 && only !== undefined ? only : { anyOf: all };
}

function tupleOf(items: readonly JsonSchema[]): JsonSchema {
  const [first = {}] = items;
  if (items.some((one) => JSON.stringify(one) !== JSON.stringify(first)))
    throw new Error(`${SOURCE}: a tuple of several types has no schema`);
  return { type: 'array', items: first, minItems: items.length, maxItems: items.length };
}

/** `{ [K in keyof T]: … }`: the keys of T, each with the same. */
function mappedOf(source: Source, node: Node, given: Given): JsonSchema {
  const name = node.constraint.typeAnnotation.typeName.name as string;
  const keys = Object.keys(schemasOfInterface(source, name));
  const value = schemaOf(source, node.typeAnnotation, given);
  return merged([{ properties: Object.fromEntries(keys.map((k) => [k, value])), required: keys }]);
}

function schemasOfInterface(source: Source, name: string): Record<string, Json> {
  const node = source.types.get(name);
  if (node === undefined) throw new Error(`${name} is not declared`);
  return declared(source, node, NONE).properties as Record<string, Json>;
}

function referenceOf(source: Source, node: Node, given: Given): JsonSchema {
  const name = node.typeName.name as string;
  const parameters = ((node.typeArguments?.params ?? []) as Node[]).map(
    (one) => () => (one.type === 'TSNeverKeyword' ? { not: {} } : schemaOf(source, one, given)),
  );
  const [first, second] = parameters;
  if (name === 'Readonly' && first !== undefined) return first();
  if (name === 'Record' && second !== undefined)
    return { type: 'object', additionalProperties: second() };
  const known = given.get(name);
  if (known !== undefined) return known;
  const target = source.types.get(name);
  if (target === undefined) throw new Error(`${SOURCE}: ${name} is not declared`);
  const names = (target.typeParameters?.params ?? []) as Node[];
  if (names.length === 0) return { $ref: `#/components/schemas/${name}` };
  const values = names.map(({ name: own }, at) => [own.name, parameters[at]?.() ?? {}] as const);
  return declared(source, target, new Map(values));
}

/** The comment before a declaration: its sentences, and the limits that it names by `@`. */
function docOf({ text }: Source, { start }: Node): JsonSchema {
  const before = text.slice(0, start).replace(/export $/, '');
  const [, comment] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(before) ?? [];
  if (comment === undefined) return {};
  const words = comment.replaceAll(/\s*\n\s*\* ?/g, ' ').trim();
  const limits = [...words.matchAll(/@(\w+)(?: (\d+))?/g)].map(([, name = '', value]) =>
    name === 'integer' ? ['type', 'integer'] : [name, Number(value)],
  );
  const description = words.replaceAll(/\s*@\w+(?: \d+)?/g, '').trim();
  return { ...(description === '' ? {} : { description }), ...Object.fromEntries(limits) };
}

function write(): void {
  const schemas = schemasFrom(readFileSync(`${ROOT}${SOURCE}`, 'utf8'));
  const lines = [
    '// generated by scripts/admin-schemas.ts',
    "import type { JsonSchema } from '../openapi.js';",
    '',
    '/** What the calls of the admin API take and answer, by the names of their types. */',
    `export const SCHEMAS = ${JSON.stringify(schemas)} ` +
      'satisfies Readonly<Record<string, JsonSchema>>;',
  ];
  writeFileSync(`${ROOT}${TARGET}`, `${lines.join('\n')}\n`);
  execFileSync('npx', ['biome', 'check', '--write', TARGET], { cwd: ROOT, stdio: 'inherit' });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) write();
