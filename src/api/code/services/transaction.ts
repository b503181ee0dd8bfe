import { randomBytes } from 'node:crypto';
import { fromBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { INSTALLATION, QUARKS_PER_KIN, type Submission } from '../../../domain/rendezvous.js';
import type { Engine } from '../../../engine/engine.js';
import { airdrop, openWallet, type Signed } from '../../../engine/wallets.js';
import { toBase58 } from '../../../wire/code/base58.js';
import { currencyAt } from '../../../wire/code/currencies.js';
import {
  CanWithdrawToAccountResponse_AccountType as AccountType,
  AirdropRequestSchema,
  AirdropResponse_Result as AirdropResult,
  GetPaymentHistoryRequest_Direction as Direction,
  type ExchangeDataSchema,
  GetIntentMetadataRequestSchema,
  GetLimitsRequestSchema,
  GetPaymentHistoryRequestSchema,
  GetPaymentHistoryResponse_Result as HistoryResult,
  GetLimitsResponse_Result as LimitsResult,
  type Metadata,
  GetIntentMetadataResponse_Result as MetadataResult,
  SubmitIntentRequest_SubmitActionsSchema as SubmitActionsSchema,
  type Transaction,
} from '../../../wire/code/proto/code/transaction/v2/transaction_pb.js';
import { callEngine, decisionOf, failureError } from '../call.js';
import { makeLimits } from '../requests/limits.js';
import { ownWallets, readWallets } from '../requests/stored.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';
import { demandSigned, keyField } from '../signed-call.js';
import { readHistory } from '../submissions/history.js';
import { submitIntent } from '../submissions/submit.js';

/** The Transaction service: what wallets sign, what became of it, and a sandbox's test money. */
export function transactionService(deps: CodeDependencies): Service<typeof Transaction> {
  const { engine, settlement, rates } = deps;
  const limits = limitsOf(deps);
  return {
    submitIntent: (requests, context) => submitIntent(deps, requests, context),

    getIntentMetadata: async (call, { received }) => {
      const id = keyField('GetIntentMetadataRequest.IntentId', call.intentId);
      const owner = call.owner && keyField('GetIntentMetadataRequest.Owner', call.owner);
      const schema = GetIntentMetadataRequestSchema;
      await demandSigned(owner ?? id, { schema, call, received, field: 3 });
      const submission = await submissionOf(engine, toBase58(id));
      if (submission === null) return { result: MetadataResult.NOT_FOUND };
      if (owner !== undefined && !(await isParty(engine, toBase58(owner), submission)))
        return { result: MetadataResult.NOT_FOUND };
      const metadata = metadataOf(submission);
      return metadata === null
        ? { result: MetadataResult.NOT_FOUND }
        : { result: MetadataResult.OK, metadata };
    },

    getLimits: async (call, { received }) => {
      const owner = keyField('GetLimitsRequest.Owner', call.owner);
      await demandSigned(owner, { schema: GetLimitsRequestSchema, call, received, field: 2 });
      return limits();
    },

    canWithdrawToAccount: async ({ account }) => {
      const address = toBase58(keyField('CanWithdrawToAccountRequest.Account', account));
      const wallets = await readWallets(engine, [address]);
      const accountType = wallets.get(address)
        ? AccountType.TokenAccount
        : AccountType.OwnerAccount;
      const fault = (await settlement?.destinationFault(address)) ?? null;
      return fault === null
        ? { isValidPaymentDestination: true, accountType }
        : { isValidPaymentDestination: false, accountType: AccountType.Unknown };
    },

    airdrop: async (call, { received }) => {
      const owner = keyField('AirdropRequest.Owner', call.owner);
      const schema = AirdropRequestSchema;
      const bytes = await demandSigned(owner, { schema, call, received, field: 3 });
      return giveTestMoney(deps, rates.current().rates.get('usd') ?? 0, {
        codeId: toBase58(randomBytes(32)),
        owner: toBase58(owner),
        actions: Buffer.from(bytes).toString('base64'),
        signature: Buffer.from(call.signature?.value ?? []).toString('base64'),
      });
    },

    getPaymentHistory: async (call, { received }) => {
      const owner = keyField('GetPaymentHistoryRequest.Owner', call.owner);
      const schema = GetPaymentHistoryRequestSchema;
      await demandSigned(owner, { schema, call, received, field: 5 });
      const key = toBase58(owner);
      const wallets = await ownWallets(engine, key);
      const limit_max = deps.limits.history_page_rows_max;
      const items = await readHistory(engine, {
        owner: key,
        addresses: [...new Set([key, ...wallets.map(({ id }) => id)])],
        after: cursorOf(call.cursor?.value),
        newestFirst: call.direction === Direction.DESC,
        limit: call.pageSize === 0 ? limit_max : Math.min(call.pageSize, limit_max),
      });
      return { result: items.length === 0 ? HistoryResult.NOT_FOUND : HistoryResult.OK, items };
    },
  };
}

/** The limits of all currencies, as they are now. */
function limitsOf({
  settings,
  limits,
  rates,
}: Pick<CodeDependencies, 'settings' | 'limits' | 'rates'>) {
  const amounts = makeLimits(settings.limits, rates);
  const codes: string[] = [];
  for (let code = currencyAt(0); code !== null; code = currencyAt(codes.length)) codes.push(code);
  return () => {
    const known = codes.flatMap((code) => {
      const found = amounts(code);
      return found === null ? [] : [[code, found] as const];
    });
    return {
      result: LimitsResult.OK,
      sendLimitsByCurrency: Object.fromEntries(
        known.map(([code, { max }]) => [
          code,
          { nextTransaction: max, maxPerTransaction: max, maxPerDay: max },
        ]),
      ),
      microPaymentLimitsByCurrency: Object.fromEntries(
        known.map(([code, { min, max }]) => [
          code,
          { maxPerTransaction: max, minPerTransaction: min },
        ]),
      ),
      depositLimit: { maxQuarks: BigInt(limits.airdrop_balance_quarks_max) },
    };
  };
}

async function submissionOf(
  engine: Pick<Engine, 'read'>,
  codeId: string,
): Promise<Submission | null> {
  return engine.read(
    INSTALLATION,
    (need) => void need.list('submissions', 'codeId', codeId),
    (rows) => rows.list('submissions', 'codeId', codeId)[0] ?? null,
  );
}

/** Whether an owner has paid or was paid: nobody else learns of a payment by its id alone. */
async function isParty(
  engine: Pick<Engine, 'read'>,
  owner: string,
  submission: Submission,
): Promise<boolean> {
  if (submission.owner === owner || submission.destination === owner) return true;
  const wallets = await readWallets(engine, [submission.destination]);
  return wallets.get(submission.destination)?.owner === owner;
}

/** The metadata as its owner has signed it; null for what was no submission of actions. */
function metadataOf({ kind, actions }: Submission): Metadata | null {
  if (kind === 'airdrop') return null;
  return fromBinary(SubmitActionsSchema, Buffer.from(actions, 'base64')).metadata ?? null;
}

const CURSOR = /^sub_[0-9A-Za-z]{1,60}$/;

/** The submission that a cursor names. Throws ConnectError for what no page has given out. */
function cursorOf(value: Uint8Array | undefined): string | null {
  if (value === undefined || value.length === 0) return null;
  const text = Buffer.from(value).toString('latin1');
  if (!CURSOR.test(text)) throw new ConnectError('cursor is invalid', Code.InvalidArgument);
  return text;
}

/** Gives test money where there is any: never in live mode. */
async function giveTestMoney(
  { engine, mode, settlement, limits }: CodeDependencies,
  usdPerKin: number,
  signed: Signed,
) {
  if (mode === 'live') return { result: AirdropResult.UNAVAILABLE };
  const quarks = BigInt(limits.airdrop_quarks);
  const balance_quarks_max = BigInt(limits.airdrop_balance_quarks_max);
  if (settlement === null) {
    const given = await decisionOf(engine, airdrop(signed, { quarks, balance_quarks_max }));
    if (given.end !== 'done') {
      if (given.failure.failure !== 'limit_reached') throw failureError(given.failure);
      return { result: AirdropResult.ALREADY_CLAIMED };
    }
  } else {
    if (settlement.airdrop === null) return { result: AirdropResult.UNAVAILABLE };
    if ((await settlement.balance(signed.owner)) + quarks > balance_quarks_max)
      return { result: AirdropResult.ALREADY_CLAIMED };
    // The account it is for is known from then on, as it is where the ledger holds the money.
    await callEngine(engine, openWallet(signed));
    await settlement.airdrop(signed.owner, quarks);
  }
  return { result: AirdropResult.OK, exchangeData: worthOf(limits.airdrop_quarks, usdPerKin) };
}

function worthOf(quarks: number, usdPerKin: number): MessageInitShape<typeof ExchangeDataSchema> {
  const nativeAmount = Number(((quarks / QUARKS_PER_KIN) * usdPerKin).toFixed(2));
  return { currency: 'usd', exchangeRate: usdPerKin, nativeAmount, quarks: BigInt(quarks) };
}
