import { Code, ConnectError } from '@connectrpc/connect';
import type { Failure } from '../../../domain/errors.js';
import type { FulfillmentInput, Prepared } from '../../../domain/settlement.js';
import type { Command } from '../../../engine/command.js';
import { submitPayment } from '../../../engine/submissions.js';
import { openRelationship, openWallet, type Signed } from '../../../engine/wallets.js';
import { toBase58 } from '../../../wire/code/base58.js';
import {
  SubmitIntentResponse_Error_Code as ErrorCode,
  type SubmitIntentRequest_SubmitActions as SubmitActions,
  SubmitIntentRequest_SubmitActionsSchema as SubmitActionsSchema,
  type SubmitIntentRequest,
} from '../../../wire/code/proto/code/transaction/v2/transaction_pb.js';
import { decisionOf, failureError } from '../call.js';
import { submittedMessage } from '../own-message.js';
import type { Rates } from '../rates.js';
import type { CallContext } from '../service.js';
import type { CodeDependencies } from '../settings.js';
import { demandSigned, keyField } from '../signed-call.js';
import { openingFault, readRelationship } from './accounts.js';
import { nextFrame } from './frames.js';
import { errorOf, parametersFor, type Response, SUCCESS } from './parameters.js';
import { type PaymentDraft, readPayment } from './payment.js';
import { invalid, isRefusal, type Refusal, refusalOf, stale } from './refusals.js';

/** The signature's field of SubmitActions. */
const SIGNATURE_FIELD = 5;
const ACTIONS_MAX = 256;

export type SubmitDependencies = Pick<CodeDependencies, 'engine' | 'limits' | 'settlement'> & {
  readonly rates: Pick<Rates, 'recent' | 'wasPublished'>;
};

/** A submission that nothing speaks against so far. */
interface Draft {
  /** What moves money; null where accounts are opened. */
  readonly payment: PaymentDraft | null;
  /** What writes it down, once all signatures are there. */
  command(fulfillment: FulfillmentInput | null): Command<object>;
}

/**
 * One submission, from the actions that a wallet's owner has signed to the answer, which comes when
 * it is durable. Throws ConnectError for what is no submission at all: invalid_argument,
 * unauthenticated, deadline_exceeded. Everything else is refused within the protocol.
 */
export async function* submitIntent(
  deps: SubmitDependencies,
  requests: AsyncIterable<SubmitIntentRequest>,
  { signal }: CallContext,
): AsyncGenerator<Response> {
  const frames = requests[Symbol.asyncIterator]();
  const wait_ms = deps.limits.submit_wait_ms_max;
  try {
    const first = await nextFrame(frames, wait_ms, signal);
    if (first?.request.case !== 'submitActions')
      throw new ConnectError('submit actions are expected first', Code.InvalidArgument);
    const actions = first.request.value;
    const signed = await readSigned(actions);
    const draft = await readDraft(deps, signed, actions);
    if (isRefusal(draft)) {
      yield errorOf(draft);
      return;
    }
    const prepared = await prepare(deps, signed, draft);
    if (prepared !== null && isRefusal(prepared)) {
      yield errorOf(prepared);
      return;
    }
    try {
      yield parametersFor(actions.actions, prepared, deps.settlement?.feeAddress ?? null);
      const second = await nextFrame(frames, wait_ms, signal);
      if (second?.request.case !== 'submitSignatures')
        throw new ConnectError('submit signatures are expected second', Code.InvalidArgument);
      const signatures = second.request.value.signatures.map(({ value }) => value);
      yield await carryOut(deps, draft, prepared, signatures);
    } finally {
      await prepared?.release();
    }
  } finally {
    // Not awaited: a stream whose next message is still waited for ends with its caller.
    frames.return?.().catch(() => {});
  }
}

/** Who has signed which bytes for which id. */
async function readSigned(actions: SubmitActions): Promise<Signed> {
  const id = keyField('SubmitActions.Id', actions.id);
  const owner = keyField('SubmitActions.Owner', actions.owner);
  const count = actions.actions.length;
  if (count < 1 || count > ACTIONS_MAX)
    throw new ConnectError(
      `invalid SubmitActions.Actions: value must contain between 1 and ${ACTIONS_MAX} items`,
      Code.InvalidArgument,
    );
  const bytes = await demandSigned(owner, {
    schema: SubmitActionsSchema,
    call: actions,
    // What a transport keeps is of the whole request, in which these are a part.
    received: null,
    field: SIGNATURE_FIELD,
  });
  return {
    codeId: toBase58(id),
    owner: toBase58(owner),
    actions: Buffer.from(bytes).toString('base64'),
    signature: Buffer.from(actions.signature?.value ?? []).toString('base64'),
  };
}

async function readDraft(
  { rates }: SubmitDependencies,
  signed: Signed,
  { owner, metadata, actions }: SubmitActions,
): Promise<Draft | Refusal> {
  const ownerKey = keyField('SubmitActions.Owner', owner);
  const type = metadata?.type;
  switch (type?.case) {
    case 'openAccounts': {
      const fault = openingFault(ownerKey, actions);
      return fault ?? { payment: null, command: () => openWallet(signed) };
    }
    case 'establishRelationship': {
      const relationship = await readRelationship(ownerKey, type.value, actions);
      if (isRefusal(relationship)) return relationship;
      return { payment: null, command: () => openRelationship(signed, relationship) };
    }
    case 'sendPublicPayment':
    case 'sendPrivatePayment': {
      const payment = readPayment(signed.owner, type.value, actions, rates);
      if (isRefusal(payment)) return payment;
      return {
        payment,
        command: (fulfillment) => {
          const message = submittedMessage(signed.codeId);
          return submitPayment({ ...signed, ...payment, message, fulfillment });
        },
      };
    }
    default:
      return invalid('intent type is not supported');
  }
}

/** Reserves what a chain needs; null where the money is on our own ledger. */
async function prepare(
  { settlement }: SubmitDependencies,
  { codeId, owner }: Signed,
  { payment }: Draft,
): Promise<Prepared | Refusal | null> {
  if (settlement === null || payment === null) return null;
  const { source, destination, transfer, fees } = payment;
  const transfers = [
    { action: transfer.action, destination, quarks: transfer.quarks },
    ...fees,
  ].sort((one, other) => one.action - other.action);
  const prepared = await settlement.prepare({ codeId, owner, source, transfers });
  if (!('fault' in prepared)) return prepared;
  return prepared.stale ? stale(prepared.fault) : invalid(prepared.fault);
}

/** Checks the further signatures and runs the command; the answer says how it ended. */
async function carryOut(
  { engine }: SubmitDependencies,
  draft: Draft,
  prepared: Prepared | null,
  signatures: readonly Uint8Array[],
): Promise<Response> {
  const expected = prepared?.signatures ?? 0;
  if (signatures.length !== expected) {
    const reason = `expected ${expected} signatures, got ${signatures.length}`;
    return errorOf({ code: ErrorCode.SIGNATURE_ERROR, reason });
  }
  const completed = (await prepared?.complete(signatures)) ?? null;
  if (completed !== null && 'expected' in completed) return signatureError(completed);
  const decision = await decisionOf(engine, draft.command(completed));
  return decision.end === 'done' ? SUCCESS : failed(decision.failure);
}

function signatureError(wrong: {
  readonly action: number;
  readonly expected: Uint8Array;
  readonly provided: Uint8Array;
}): Response {
  const value = {
    actionId: wrong.action,
    expectedTransaction: { value: wrong.expected },
    providedSignature: { value: wrong.provided },
  };
  const errorDetails = [{ type: { case: 'invalidSignature' as const, value } }];
  return { response: { case: 'error', value: { code: ErrorCode.SIGNATURE_ERROR, errorDetails } } };
}

function failed(failure: Failure): Response {
  if (failure.failure === 'submission_refused') return errorOf(refusalOf(failure));
  throw failureError(failure);
}
