import type { Signature } from '@solana/kit';
import {
  type Chain,
  type ChainAccount,
  ChainUnavailable,
  type Commitment,
  readFault,
  type TransactionFault,
  TransactionRefused,
} from './chain.js';

export interface RpcChainSettings {
  /** An endpoint that speaks Solana's JSON-RPC. */
  readonly url: string;
  /** A call without an answer for so long has none. */
  readonly chain_call_ms_max: number;
}

/** Accounts that an endpoint answers at once. */
const ACCOUNTS_MAX = 100;

type Kit = typeof import('@solana/kit');

/** A chain behind a JSON-RPC endpoint. Throws what loading its module throws. */
export async function openRpcChain(settings: RpcChainSettings): Promise<Chain> {
  const kit = await import('@solana/kit');
  const rpc = kit.createSolanaRpc(settings.url);

  const call = callerOf(kit, settings.chain_call_ms_max);

  return {
    sendTransaction: (wire) => {
      const text = kit.getBase64Decoder().decode(wire) as Parameters<typeof rpc.sendTransaction>[0];
      const config = { encoding: 'base64', preflightCommitment: 'confirmed' } as const;
      return call((options) => rpc.sendTransaction(text, config).send(options));
    },
    getAccounts: async (addresses, commitment) => {
      const some = accountsReader(kit, rpc, call);
      const found: (ChainAccount | null)[] = [];
      for (let at = 0; at < addresses.length; at += ACCOUNTS_MAX)
        found.push(...(await some(addresses.slice(at, at + ACCOUNTS_MAX), commitment)));
      return found;
    },
    getSignatureStatus: async (signature) => {
      const { value } = await call((options) =>
        rpc
          .getSignatureStatuses([signature as Signature], { searchTransactionHistory: true })
          .send(options),
      );
      const [status] = value;
      if (!status) return null;
      return {
        slot: status.slot,
        finalized: status.confirmationStatus === 'finalized',
        fault: status.err === null ? null : readFault(status.err),
      };
    },
    latestBlockhash: async () => {
      const config = { commitment: 'confirmed' } as const;
      const { value } = await call((options) => rpc.getLatestBlockhash(config).send(options));
      return value.blockhash;
    },
    slot: () => call((options) => rpc.getSlot({ commitment: 'confirmed' }).send(options)),
    rentExempt: (bytes) =>
      call((options) => rpc.getMinimumBalanceForRentExemption(BigInt(bytes)).send(options)),
    airdrop: null,
    close: async () => {},
  };
}

type Caller = <T>(work: (options: { abortSignal: AbortSignal }) => Promise<T>) => Promise<T>;

/** Makes calls within their time; what goes wrong comes out as one of the chain's own errors. */
function callerOf(kit: Kit, chain_call_ms_max: number): Caller {
  return async (work) => {
    try {
      return await work({ abortSignal: AbortSignal.timeout(chain_call_ms_max) });
    } catch (error) {
      throw asOurs(kit, error);
    }
  };
}

/** Reads as many accounts as one call may ask for. */
function accountsReader(kit: Kit, rpc: ReturnType<Kit['createSolanaRpc']>, call: Caller) {
  return async (
    addresses: readonly string[],
    commitment: Commitment,
  ): Promise<(ChainAccount | null)[]> => {
    const config = { encoding: 'base64', commitment } as const;
    const known = addresses.map((address) => kit.address(address));
    const { value } = await call((options) => rpc.getMultipleAccounts(known, config).send(options));
    return value.map((account, i) =>
      account === null
        ? null
        : {
            address: addresses[i] as string,
            lamports: account.lamports,
            program: account.owner,
            data: Uint8Array.from(Buffer.from(account.data[0], 'base64')),
          },
    );
  };
}

/** A refusal where the endpoint says that it looked at the transaction; else nothing is known. */
function asOurs(kit: Kit, error: unknown): Error {
  if (
    kit.isSolanaError(
      error,
      kit.SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
    )
  )
    return new TransactionRefused(faultOf(kit, error.cause ?? error));
  if (kit.isSolanaError(error, kit.SOLANA_ERROR__JSON_RPC__INVALID_PARAMS))
    return new TransactionRefused({ ...PLAIN, text: error.message, reason: 'other' });
  const text = error instanceof Error ? error.message : String(error);
  return new ChainUnavailable(`the chain did not answer: ${text}`, { cause: error });
}

const PLAIN = { instruction: null, custom: null };

/** The library has made errors of its own of what the endpoint said. */
function faultOf(kit: Kit, error: unknown): TransactionFault {
  const text = error instanceof Error ? error.message : String(error);
  if (kit.isSolanaError(error, kit.SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED))
    return { ...PLAIN, text, reason: 'already_processed' };
  if (kit.isSolanaError(error, kit.SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND))
    return { ...PLAIN, text, reason: 'lifetime' };
  if (!kit.isSolanaError(error)) return { ...PLAIN, text, reason: 'other' };
  const { index, code } = error.context as { index?: number; code?: number };
  if (index === undefined) return { ...PLAIN, text, reason: 'other' };
  const custom = kit.isSolanaError(error, kit.SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM);
  return {
    text,
    reason: 'instruction',
    instruction: Number(index),
    custom: custom && code !== undefined ? Number(code) : null,
  };
}
