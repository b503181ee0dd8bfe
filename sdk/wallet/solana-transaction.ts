import { fromBase58, toBase58 } from '../../src/wire/code/base58.js';
import { KEY_BYTES } from '../../src/wire/code/payload.js';
import type { SolanaAccountId } from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import type {
  NoncedTransactionMetadata,
  ServerParameter,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import {
  type PaymentTerms,
  type PaymentTransfer,
  paymentMessage,
} from '../../src/wire/code/solana/payment.js';
import { WalletError } from './errors.js';
import type { Submission } from './submit.js';

type Action = Submission['actions'][number];

/** Bytes of a key as a message may carry them. */
interface WireBytes {
  readonly value?: Uint8Array;
}

/**
 * What the owner of a wallet signs so that a submission's money moves on a chain: the bytes of one
 * transaction, made here from the wallet's own actions. Of the server's word it takes only what
 * makes them valid: the nonce, who pays the chain's fee, the token, and which destinations are
 * keys rather than token accounts. Null where nothing is to be signed.
 * Throws WalletError `protocol` where the server asks for anything else.
 */
export async function settlementMessage(
  owner: Uint8Array,
  actions: readonly Action[],
  parameters: readonly ServerParameter[],
): Promise<Uint8Array | null> {
  const asked = parameters.flatMap(({ nonces }) => nonces);
  const [nonced, ...more] = asked;
  if (nonced === undefined) return null;
  if (more.length > 0) throw unexpected('more than one transaction');
  const terms = termsOf(nonced);
  const transfers = actions.map((action, i) => transferOf(action, terms, parameters[i]));
  const destinations = new Set(transfers.map(({ destination }) => destination));
  if (terms.opens.some((key) => !destinations.has(key)))
    throw unexpected('an account for somebody who is not paid');
  try {
    return (await paymentMessage(toBase58(owner), transfers, terms)).bytes;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw unexpected(error.message);
  }
}

function termsOf({ nonce, blockhash, feePayer, mint, opens }: NoncedTransactionMetadata) {
  const terms: PaymentTerms = {
    nonce: textOf(nonce),
    blockhash: textOf(blockhash),
    feePayer: textOf(feePayer),
    mint: textOf(mint),
    opens: opens.map(textOf),
  };
  return terms;
}

/** What one action moves, by the wallet's own words. */
function transferOf(
  { type }: Action,
  terms: PaymentTerms,
  parameter: ServerParameter | undefined,
): PaymentTransfer {
  switch (type?.case) {
    case 'noPrivacyTransfer':
    case 'noPrivacyWithdraw': {
      const { destination, amount = 0n } = type.value;
      return { destination: textOf(destination), quarks: amount };
    }
    case 'feePayment': {
      const { destination, amount = 0n } = type.value;
      if (destination !== undefined) return { destination: textOf(destination), quarks: amount };
      return { destination: ownFeeAccount(terms, parameter), quarks: amount };
    }
    default:
      throw unexpected('a transaction for an action that moves nothing');
  }
}

/** The server's own fee goes to the key that it pays the chain with, and nowhere else. */
function ownFeeAccount({ feePayer }: PaymentTerms, parameter: ServerParameter | undefined): string {
  const { type } = parameter ?? {};
  const told = type?.case === 'feePayment' ? type.value.codeDestination : undefined;
  if (textOf(told) !== feePayer) throw unexpected('its fee to somebody else');
  return feePayer;
}

function textOf(key: SolanaAccountId | WireBytes | undefined): string {
  const bytes = key?.value;
  const text = bytes?.length === KEY_BYTES ? toBase58(bytes) : '';
  if (fromBase58(text, KEY_BYTES) === null) throw unexpected('a key of another length');
  return text;
}

function unexpected(what: string): WalletError {
  return new WalletError('protocol', `The server asks for ${what}.`);
}
