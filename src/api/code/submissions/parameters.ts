import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Prepared } from '../../../domain/settlement.js';
import {
  type Action,
  FeePaymentAction_FeeType as FeeType,
  type NoncedTransactionMetadataSchema,
  type ServerParameterSchema,
  type SubmitIntentResponseSchema,
} from '../../../wire/code/proto/code/transaction/v2/transaction_pb.js';
import { wireKey } from '../wire-key.js';
import type { Refusal } from './refusals.js';

export type Response = MessageInitShape<typeof SubmitIntentResponseSchema>;
type Parameter = MessageInitShape<typeof ServerParameterSchema>;
type Nonced = MessageInitShape<typeof NoncedTransactionMetadataSchema>;

/** What the server adds to each action; nothing to sign where the money is on our own ledger. */
export function parametersFor(
  actions: readonly Action[],
  prepared: Pick<Prepared, 'nonces'> | null,
  feeAddress: string | null,
): Response {
  const serverParameters = actions.map((action, actionId): Parameter => {
    const nonces = prepared?.nonces.filter((nonce) => nonce.action === actionId) ?? [];
    return { actionId, nonces: nonces.map(nonced), type: typeFor(action, feeAddress) };
  });
  return { response: { case: 'serverParameters', value: { serverParameters } } };
}

function nonced(transaction: Prepared['nonces'][number]): Nonced {
  const { nonce, blockhash, feePayer, mint, opens } = transaction;
  return {
    nonce: wireKey(nonce),
    blockhash: wireKey(blockhash),
    feePayer: wireKey(feePayer),
    mint: wireKey(mint),
    opens: opens.map(wireKey),
  };
}

function typeFor({ type }: Action, feeAddress: string | null): NonNullable<Parameter['type']> {
  switch (type.case) {
    case undefined:
      return { case: undefined };
    case 'feePayment':
      return type.value.type === FeeType.CODE && feeAddress !== null
        ? { case: 'feePayment', value: { codeDestination: wireKey(feeAddress) } }
        : { case: 'feePayment', value: {} };
    default:
      return { case: type.case, value: {} } as NonNullable<Parameter['type']>;
  }
}

/** That the submission is durable. */
export const SUCCESS: Response = { response: { case: 'success', value: {} } };

/** Why it is refused. */
export function errorOf({ code, reason }: Refusal): Response {
  const errorDetails = [{ type: { case: 'reasonString' as const, value: { reason } } }];
  return { response: { case: 'error', value: { code, errorDetails } } };
}
