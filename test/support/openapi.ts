import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../src/domain/json.js';

/** An operation of an OpenAPI document, as far as tests look at it. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: JsonObject;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { readonly schema: JsonObject; readonly example?: JsonObject }>
    >;
  };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonObject }>> }>
  >;
}

/** Makes what checks values by the schemas of a document, whose references lead into it. */
export function schemaChecker(document: JsonObject) {
  // The formats are words for readers: their rules are the server's own.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'api:document', components: document.components ?? {} });
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return {
    /** What is wrong with a schema itself, by draft 2020-12. */
    schemaFaults: (schema: JsonObject): string[] =>
      ajv.validateSchema(schema) === true ? [] : [ajv.errorsText(ajv.errors)],
    /** What is wrong with a value, by a schema of the document. */
    faults: (schema: JsonObject, value: unknown): string[] => {
      const text = JSON.stringify(schema).replaceAll('"#/components', '"api:document#/components');
      const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text));
      compiled.set(text, validate);
      return validate(value) ? [] : [ajv.errorsText(validate.errors)];
    },
  };
}

/** Every operation of a document, by `GET /path/{id}`. */
export function operationsOf(document: JsonObject): Map<string, DocumentedOperation> {
  const paths = document.paths as Record<string, Record<string, unknown>>;
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [
        `${method.toUpperCase()} ${path}`,
        operation as DocumentedOperation,
      ]),
    ),
  );
}

/** Fetches the document of an API from a running server. */
export async function fetchDocument(url: string, name: string): Promise<JsonObject> {
  const reply = await fetch(`${url}/docs/openapi/${name}.json`);
  if (reply.status !== 200) throw new Error(`${name}.json: ${reply.status}`);
  return (await reply.json()) as JsonObject;
}
