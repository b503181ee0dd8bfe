import type { MessageInitShape } from '@bufbuild/protobuf';
import { KEY_BYTES } from '../../src/wire/code/payload.js';
import {
  type ActionSchema,
  GetIntentMetadataRequestSchema,
  GetIntentMetadataResponse_Result,
  type MetadataSchema,
  SubmitIntentRequest_SubmitActionsSchema,
  type SubmitIntentRequestSchema,
  type SubmitIntentResponse_Error,
  SubmitIntentResponse_Error_Code,
  type SubmitIntentResponseSchema,
  Transaction,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import type { Conversation } from './envelope.js';
import { WalletError } from './errors.js';
import { signed } from './signed.js';
import { settlementMessage } from './solana-transaction.js';
import type { Means } from './wallet.js';

/** What the owner signs. */
export interface Submission {
  /** 32 bytes; used once, ever. */
  readonly id: Uint8Array;
  readonly metadata: MessageInitShape<typeof MetadataSchema>;
  readonly actions: MessageInitShape<typeof ActionSchema>[];
}

/** An id of a wallet's own: 32 random bytes. */
export function newIntent(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

/** A connection to submit over, while it is opened. */
export type Opening = Promise<
  Conversation<typeof SubmitIntentRequestSchema, typeof SubmitIntentResponseSchema>
>;

/**
 * Opens the connection that a submission goes over while `work` still finds out what to submit:
 * connecting takes as many round trips as that does. It is closed when the work has ended.
 */
export async function connecting<T>(
  { transport }: Means,
  work: (opening: Opening) => Promise<T>,
): Promise<T> {
  const opening = transport.open(Transaction.method.submitIntent);
  // Where the work fails first, nobody asks any more whether there was a connection.
  opening.catch(() => {});
  try {
    return await work(opening);
  } finally {
    void opening.then((conversation) => conversation.close()).catch(() => {});
  }
}

/** Signs a submission and sees it through, over a connection of its own. As `submitOver`. */
export function submit(means: Means, submission: Submission): Promise<void> {
  return connecting(means, (opening) => submitOver(opening, means, submission));
}

/**
 * Signs a submission and sees it through: the server may ask for more signatures, then it says yes
 * or no. When this returns, the submission is durable.
 */
export async function submitOver(
  opening: Opening,
  { keys: { owner } }: Means,
  submission: Submission,
): Promise<void> {
  const actions = await signed(
    SubmitIntentRequest_SubmitActionsSchema,
    {
      id: { value: submission.id },
      owner: { value: owner.publicKey },
      metadata: submission.metadata,
      actions: submission.actions,
    },
    owner,
  );
  const conversation = await opening;
  conversation.send({ request: { case: 'submitActions', value: actions } });
  const first = (await conversation.receive()).response;
  if (first.case === 'error') throw refusalOf(first.value);
  if (first.case !== 'serverParameters') throw nonsense();
  // Money on the server's own books moves by the owner's word alone; on a chain it takes more.
  const { serverParameters } = first.value;
  const bytes = await settlementMessage(owner.publicKey, submission.actions, serverParameters);
  const signatures = bytes === null ? [] : [{ value: await owner.sign(bytes) }];
  conversation.send({ request: { case: 'submitSignatures', value: { signatures } } });
  const last = (await conversation.receive()).response;
  if (last.case === 'error') throw refusalOf(last.value);
  if (last.case !== 'success') throw nonsense();
}

/** Whether a submission of this wallet's has become durable, though no answer to it came. */
export async function wasSubmitted(means: Means, id: Uint8Array): Promise<boolean> {
  const { owner } = means.keys;
  const request = await signed(
    GetIntentMetadataRequestSchema,
    { intentId: { value: id }, owner: { value: owner.publicKey } },
    owner,
  );
  const { result } = await means.transport.call(Transaction.method.getIntentMetadata, request);
  return result === GetIntentMetadataResponse_Result.OK;
}

function nonsense(): WalletError {
  return new WalletError('protocol', 'The server answered out of turn.');
}

/** Which of our codes a refusal is, by what the server says. */
function refusalOf({ code, errorDetails }: SubmitIntentResponse_Error): WalletError {
  const texts = errorDetails.map(({ type }) =>
    type.case === 'reasonString' || type.case === 'denied' ? type.value.reason : '',
  );
  const text = texts.filter((one) => one !== '').join('; ');
  if (/insufficient|balance/i.test(text)) {
    return new WalletError('funds', 'The wallet does not hold enough for this.');
  }
  if (/intent already exists|already (been )?paid/i.test(text)) {
    return new WalletError('paid', 'This has been paid already.');
  }
  if (/request (was canceled|has expired|has failed)/.test(text)) {
    return new WalletError('over', `The ${text}.`);
  }
  if (code === SubmitIntentResponse_Error_Code.STALE_STATE) {
    return new WalletError('stale', text || 'The request or the rates changed. Try again.');
  }
  return new WalletError('refused', text || 'The server refused, without a reason.');
}
