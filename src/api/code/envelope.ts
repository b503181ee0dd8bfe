import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  type Request,
  RequestSchema,
  Response_Result,
  ResponseSchema,
} from '../../wire/code/proto/code/common/v1/common_pb.js';
import type { Procedure, ProcedureFinder } from './calls.js';

/** Reads an envelope. Throws ConnectError where the bytes are none. */
export function openEnvelope(bytes: Uint8Array): Request {
  try {
    return fromBinary(RequestSchema, bytes);
  } catch {
    throw new ConnectError('the request is no envelope', Code.InvalidArgument);
  }
}

/** The method that an envelope names. Throws ConnectError: unimplemented. */
export function procedureOf(find: ProcedureFinder, { service, method }: Request): Procedure {
  const procedure = find(service, method);
  if (procedure !== null) return procedure;
  const name = `${service.slice(0, NAME_CHARS)}.${method.slice(0, NAME_CHARS)}`;
  throw new ConnectError(`there is no method ${name}`, Code.Unimplemented);
}

/** Longer than any of our names; the rest of what a caller made up is not sent back. */
const NAME_CHARS = 60;

/** The envelope around a method's answer. */
export function okEnvelope(procedure: Procedure, value: Readonly<Record<string, unknown>>) {
  const { output } = procedure;
  const body = toBinary(output, create(output, value));
  return toBinary(ResponseSchema, create(ResponseSchema, { result: Response_Result.OK, body }));
}

/** The envelope of an error: `[code_name] text`. */
export function errorEnvelope({ message }: ConnectError): Uint8Array {
  const result = Response_Result.ERROR;
  return toBinary(ResponseSchema, create(ResponseSchema, { result, message }));
}
