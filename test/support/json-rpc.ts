import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Chain, TransactionRefused } from '../../src/rails/solana/chain.js';

/** A JSON-RPC endpoint over a chain, as a node of a cluster would answer. */
export interface JsonRpcServer {
  readonly url: string;
  /** The methods that were called, in order. */
  readonly calls: string[];
  /** Answers 503 to everything from now on, or no longer. */
  down: boolean;
  /** Carries out what it is sent and does not answer, so many times. */
  answersToLose: number;
  stop(): Promise<void>;
}

/** Starts an endpoint on a free port of this machine. */
export async function startJsonRpc(chain: Chain): Promise<JsonRpcServer> {
  const state = { url: '', calls: [] as string[], down: false, answersToLose: 0 };
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString());
    state.calls.push(method);
    if (state.down) {
      response.writeHead(503).end();
      return;
    }
    const answer = await answerTo(chain, method, params);
    if (method === 'sendTransaction' && state.answersToLose > 0) {
      state.answersToLose -= 1;
      response.destroy();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

async function answerTo(chain: Chain, method: string, params: unknown[]): Promise<object> {
  const answer = METHODS[method];
  if (answer === undefined) return { error: { code: -32601, message: 'Method not found' } };
  try {
    return { result: await answer(chain, params) };
  } catch (error) {
    if (error instanceof TransactionRefused) return refusalOf(error);
    return { error: { code: -32603, message: String(error) } };
  }
}

/** As nodes word it: the fault in the error's data. */
function refusalOf({ fault }: TransactionRefused): object {
  const { reason, instruction, custom, text } = fault;
  if (reason === 'other' && !/^"/.test(text)) return { error: { code: -32602, message: text } };
  const named = { already_processed: 'AlreadyProcessed', lifetime: 'BlockhashNotFound' };
  const err =
    reason === 'instruction'
      ? {
          InstructionError: [instruction, custom === null ? 'InvalidArgument' : { Custom: custom }],
        }
      : reason === 'other'
        ? JSON.parse(text)
        : named[reason];
  return {
    error: { code: -32002, message: `Transaction simulation failed`, data: { err, logs: [] } },
  };
}

type Answer = (chain: Chain, params: unknown[]) => Promise<unknown>;

const METHODS: Readonly<Record<string, Answer>> = {
  sendTransaction: (chain, [text]) => chain.sendTransaction(Buffer.from(text as string, 'base64')),
  getMultipleAccounts: async (chain, [addresses, options]) => {
    const { commitment } = options as { commitment: 'confirmed' };
    const accounts = await chain.getAccounts(addresses as string[], commitment);
    return withContext(
      chain,
      accounts.map(
        (account) =>
          account && {
            lamports: Number(account.lamports),
            owner: account.program,
            data: [Buffer.from(account.data).toString('base64'), 'base64'],
            executable: false,
            rentEpoch: 0,
            space: account.data.length,
          },
      ),
    );
  },
  getSignatureStatuses: async (chain, [signatures]) => {
    const statuses = await Promise.all(
      (signatures as string[]).map((signature) => chain.getSignatureStatus(signature)),
    );
    return withContext(
      chain,
      statuses.map(
        (status) =>
          status && {
            slot: Number(status.slot),
            confirmations: null,
            err: null,
            status: { Ok: null },
            confirmationStatus: 'finalized',
          },
      ),
    );
  },
  getLatestBlockhash: async (chain) =>
    withContext(chain, { blockhash: await chain.latestBlockhash(), lastValidBlockHeight: 1000 }),
  getSlot: async (chain) => Number(await chain.slot()),
  getMinimumBalanceForRentExemption: async (chain, [bytes]) =>
    Number(await chain.rentExempt(Number(bytes))),
};

async function withContext(chain: Chain, value: unknown): Promise<object> {
  return { context: { slot: Number(await chain.slot()) }, value };
}
