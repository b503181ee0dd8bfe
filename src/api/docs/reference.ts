import type { Json, JsonObject } from '../../domain/json.js';
import type { ApiDescription, JsonSchema, Operation, Parameter } from '../openapi.js';
import { escaped } from '../page-shell.js';
import { codeBlock, tableBox } from './markdown.js';
import type { SearchEntry } from './search.js';

const code = (text: string): string => `<code>${escaped(text)}</code>`;
const link = (href: string, html: string): string => `<a href="${escaped(href)}">${html}</a>`;
const paragraph = (text: string): string => `<p>${escaped(text)}</p>`;

/** The address of an API's reference. */
export const apiPath = ({ name }: ApiDescription): string => `/docs/api/${name}`;

/** The address of an API's catalogue of errors. */
export const errorsPath = ({ name }: ApiDescription): string => `/docs/errors/${name}`;

/** The address of an API's OpenAPI document. */
export const openApiPath = ({ name }: ApiDescription): string => `/docs/openapi/${name}.json`;

/** What of an API can be found: its operations, by their fields, too, and its errors. */
export function placesOf(api: ApiDescription): SearchEntry[] {
  const operations = api.operations.map((operation) => {
    const { id, method, path, summary, notes, parameters, body } = operation;
    const fields = [...parameters, ...(body === null ? [] : bodyFields(body))];
    const words = [`${method} ${path}.`, ...notes, ...fields.map(({ name }) => name)];
    const href = `${apiPath(api)}/${id}`;
    return { href, title: api.title, heading: summary, text: words.join(' ') };
  });
  const errors = api.errors.map(({ code: name, meaning, remedy }) => ({
    href: `${errorsPath(api)}/${name}`,
    title: `Errors: ${api.title}`,
    heading: name,
    text: `${meaning} ${remedy}`,
  }));
  return [...operations, ...errors];
}

/** All operations of an API, by tag. */
export function apiPage(api: ApiDescription): string {
  const tags = [...new Set(api.operations.map(({ tag }) => tag))];
  const parts = tags.map((tag) => {
    const rows = api.operations
      .filter((operation) => operation.tag === tag)
      .map(
        ({ id, method, path, summary }) =>
          `<tr><td>${link(`${apiPath(api)}/${id}`, escaped(summary))}</td>` +
          `<td>${code(`${method} ${path}`)}</td></tr>`,
      );
    return `<h2>${escaped(tag)}</h2>${tableBox(`<tbody>${rows.join('\n')}</tbody>`)}`;
  });
  return `<h1>${escaped(api.title)}</h1>${paragraph(api.about)}
<p>${link(openApiPath(api), 'The OpenAPI 3.1 document')}, and
${link(errorsPath(api), 'what its errors mean')}. Version ${escaped(api.version)}.</p>
${parts.join('\n')}`;
}

/** One operation: what it takes, what it answers, and a request to try. */
export function operationPage(api: ApiDescription, operation: Operation, server: string): string {
  const { method, path, summary, notes, access, parameters, body, answers } = operation;
  const keys = access.map((scheme) => String(api.schemes[scheme]?.description ?? scheme));
  return `<p class="quiet">${link(apiPath(api), escaped(api.title))}</p>
<h1>${escaped(summary)}</h1>
${codeBlock(`${method} ${path}`)}
${notes.map(paragraph).join('\n')}
<h2>Who may call it</h2>
${keys.length === 0 ? paragraph('Whoever knows the address.') : keys.map(paragraph).join('\n')}
${parameters.length === 0 ? '' : `<h2>Parameters</h2>${parameterTable(parameters)}`}
${body === null ? '' : `<h2>Body</h2>${paragraph(`As ${body.type}.`)}${bodyTable(body)}`}
<h2>Answer</h2>
${Object.entries(answers)
  .map(([status, answer]) => paragraph(`${status}: ${answer.about}`))
  .join('\n')}
<p>Anything else is ${link(errorsPath(api), 'an error')}.</p>
<h2>Try it</h2>
${codeBlock(commandOf(api, operation, server))}`;
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.flatMap(({ name, in: place, required, schema, about }) => {
    const first = { name, required, schema, about: `In the ${place}. ${about ?? ''}` };
    return [first, ...inside(name, schema, (outer, key) => `${outer}[${key}]`)];
  });
  return fieldTable(rows);
}

/** The fields of a body, by the names by which it is sent. */
function bodyFields({ type, schema }: NonNullable<Operation['body']>): Field[] {
  const isForm = type.endsWith('form-urlencoded');
  return inside('', schema, (outer, key) => {
    if (outer === '') return key;
    return isForm ? `${outer}[${key}]` : `${outer}.${key}`;
  });
}

function bodyTable(body: NonNullable<Operation['body']>): string {
  const rows = bodyFields(body);
  return rows.length === 0 ? paragraph('It has no fields.') : fieldTable(rows);
}

interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly about?: string;
}

type Join = (outer: string, key: string) => string;

/** The fields within a schema, at any depth, each by its whole name. */
function inside(name: string, schema: JsonSchema, join: Join): Field[] {
  const choices = Array.isArray(schema.anyOf) ? (schema.anyOf as JsonSchema[]) : [];
  const items = schema.items as JsonSchema | undefined;
  const required = Array.isArray(schema.required) ? schema.required : [];
  const fields = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  return [
    ...choices.flatMap((choice) => inside(name, choice, join)),
    ...(items === undefined ? [] : inside(`${name}[]`, items, join)),
    ...fields.flatMap(([key, field]) => {
      const whole = join(name, key);
      const own = { name: whole, required: required.includes(key), schema: field };
      return [own, ...inside(whole, field, join)];
    }),
  ];
}

function fieldTable(fields: readonly Field[]): string {
  const rows = fields.map(({ name, required, schema, about = '' }) => {
    const told = [about, required ? 'Required.' : '', ruleText(schema)].filter((one) => one !== '');
    return `<tr><td>${code(name)}</td><td>${escaped(typeText(schema))}</td><td>${told
      .map(escaped)
      .join(' ')}</td></tr>`;
  });
  return tableBox(
    `<thead><tr><th>name</th><th>type</th><th>rules</th></tr></thead>` +
      `<tbody>${rows.join('\n')}</tbody>`,
  );
}

function typeText(schema: JsonSchema): string {
  const { type, anyOf, items, const: only } = schema;
  if (Array.isArray(anyOf)) {
    const kinds = anyOf.map((one) => typeText(one as JsonSchema)).filter((kind) => kind !== '');
    return [...new Set(kinds)].join(' or ');
  }
  if (only !== undefined) return only === '' ? 'empty' : JSON.stringify(only);
  if (type === 'array') return `list of ${typeText((items ?? {}) as JsonSchema)}`;
  return Array.isArray(type) ? type.join(' or ') : String(type ?? schema.format ?? 'anything');
}

/** Each rule of a schema as words. */
const RULES: Readonly<Record<string, (value: Json) => string>> = {
  enum: (value) => `One of ${(value as Json[]).join(', ')}.`,
  format: (value) => `Format: ${value}.`,
  pattern: () => 'Of a form of its own.',
  minLength: (value) => (value === 0 ? '' : `At least ${value} characters.`),
  maxLength: (value) => (value === 0 ? '' : `At most ${value} characters.`),
  minimum: (value) => `At least ${value}.`,
  maximum: (value) => `At most ${value}.`,
  maxItems: (value) => `At most ${value} entries.`,
  maxProperties: (value) => `At most ${value} keys.`,
  default: (value) => `If not sent: ${value}.`,
  description: (value) => String(value),
};

function ruleText(schema: JsonSchema): string {
  const choices = Array.isArray(schema.anyOf) ? (schema.anyOf as JsonSchema[]) : [];
  const own = Object.entries(RULES).flatMap(([name, words]) => {
    const value = schema[name];
    return value === undefined ? [] : [words(value)];
  });
  return [...own, ...choices.map(ruleText)].filter((text) => text !== '').join(' ');
}

/** A shell line that calls the operation. */
function commandOf({ schemes }: ApiDescription, operation: Operation, server: string): string {
  const { method, path, access, parameters, body, example } = operation;
  const verb = method === 'GET' || method === 'POST' ? '' : `-X ${method} `;
  const headers = parameters
    .filter(({ in: place, required }) => place === 'header' && required)
    .map(({ name, schema }) => `-H '${name}: ${schema.default ?? 'tender'}'`);
  const [scheme] = access;
  const key = scheme === undefined ? [] : [keyOption(scheme, schemes[scheme] ?? {})];
  const sent = sentBy(method, body, example);
  return [`curl ${verb}${quoted(`${server}${path}`)}`, ...key, ...headers, ...sent].join(' \\\n  ');
}

/** The option of curl that says who calls, with the key that opens a sandbox. */
function keyOption(name: string, { type, scheme }: JsonObject): string {
  if (type === 'http' && scheme === 'basic') return '-u sk_test_tender:';
  if (type === 'http') return "-H 'Authorization: Bearer sk_test_tender'";
  const key = name === 'secretKey' ? 'sk_sandbox_tender' : '{secret}';
  return `-H 'Authorization: Basic ${key}'`;
}

function sentBy(method: string, body: Operation['body'], example: Json): string[] {
  if (body === null || example === null) return method === 'POST' ? ['-X POST'] : [];
  if (body.type.endsWith('json'))
    return [`-H 'Content-Type: ${body.type}'`, `-d ${quoted(JSON.stringify(example))}`];
  return formPairs('', example).map(([name, value]) => `-d ${quoted(`${name}=${value}`)}`);
}

/** A value as a form says it: `a[b]=…`, `a[]=…`. */
export function formPairs(name: string, value: Json | undefined): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((item) => formPairs(`${name}[]`, item));
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, item]) =>
    formPairs(name === '' ? key : `${name}[${key}]`, item),
  );
}

/** As the shell takes it, whatever is in it. */
function quoted(text: string): string {
  return /^[\w:/.,=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Every code of an API's errors. */
export function errorsPage(api: ApiDescription): string {
  const rows = api.errors.map(
    ({ code: name, statuses, meaning }) =>
      `<tr><td>${link(`${errorsPath(api)}/${name}`, code(name))}</td>` +
      `<td>${statuses.join(', ')}</td><td>${escaped(meaning)}</td></tr>`,
  );
  return `<p class="quiet">${link(apiPath(api), escaped(api.title))}</p>
<h1>Errors: ${escaped(api.title)}</h1>
${tableBox(
  '<thead><tr><th>code</th><th>status</th><th>meaning</th></tr></thead>' +
    `<tbody>${rows.join('\n')}</tbody>`,
)}`;
}

/** One code of an API's errors; null where it has none of that name. */
export function errorPage(api: ApiDescription, name: string): string | null {
  const found = api.errors.find((entry) => entry.code === name);
  if (found === undefined) return null;
  return `<p class="quiet">${link(errorsPath(api), `Errors: ${escaped(api.title)}`)}</p>
<h1>${code(found.code)}</h1>
${paragraph(found.meaning)}
<dl><dt>HTTP status</dt><dd>${found.statuses.join(', ')}</dd>
<dt>What to do</dt><dd>${escaped(found.remedy)}</dd></dl>`;
}
