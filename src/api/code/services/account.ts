import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { Wallet } from '../../../domain/rendezvous.js';
import type { Settlement } from '../../../domain/settlement.js';
import { toBase58 } from '../../../wire/code/base58.js';
import {
  type Account,
  TokenAccountInfo_BlockchainState as ChainState,
  GetTokenAccountInfosRequestSchema,
  GetTokenAccountInfosResponse_Result as InfosResult,
  IsCodeAccountRequestSchema,
  IsCodeAccountResponse_Result as IsResult,
  TokenAccountInfo_ManagementState as Management,
  TokenAccountInfo_BalanceSource as Source,
  type TokenAccountInfoSchema,
} from '../../../wire/code/proto/code/account/v1/account_pb.js';
import { AccountType } from '../../../wire/code/proto/code/common/v1/common_pb.js';
import { ownWallets } from '../requests/stored.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';
import { demandSigned, keyField } from '../signed-call.js';
import { wireKey } from '../wire-key.js';

type Info = MessageInitShape<typeof TokenAccountInfoSchema>;

/** The signature's field of both requests. */
const SIGNATURE_FIELD = 2;

/** The Account service: the wallets of an owner who asks for them with a signature. */
export function accountService({
  engine,
  settlement,
}: Pick<CodeDependencies, 'engine' | 'settlement'>): Service<typeof Account> {
  return {
    isCodeAccount: async (call, { received }) => {
      const owner = keyField('IsCodeAccountRequest.Owner', call.owner);
      const schema = IsCodeAccountRequestSchema;
      await demandSigned(owner, { schema, call, received, field: SIGNATURE_FIELD });
      const wallets = await ownWallets(engine, toBase58(owner));
      const isOpen = wallets.some(({ kind }) => kind === 'primary');
      return { result: isOpen ? IsResult.OK : IsResult.NOT_FOUND };
    },

    getTokenAccountInfos: async (call, { received }) => {
      const owner = keyField('GetTokenAccountInfosRequest.Owner', call.owner);
      const schema = GetTokenAccountInfosRequestSchema;
      await demandSigned(owner, { schema, call, received, field: SIGNATURE_FIELD });
      const wallets = await ownWallets(engine, toBase58(owner));
      if (wallets.length === 0) return { result: InfosResult.NOT_FOUND };
      const infos = await Promise.all(wallets.map((wallet) => infoOf(wallet, settlement)));
      return { result: InfosResult.OK, tokenAccountInfos: Object.fromEntries(infos) };
    },
  };
}

/** A wallet under its address: its key, or where a chain holds the money, the key's account. */
async function infoOf(wallet: Wallet, settlement: Settlement | null): Promise<[string, Info]> {
  const { id, owner, kind, domain, created } = wallet;
  const address = settlement === null ? id : await settlement.addressOf(id);
  const balance = settlement === null ? wallet.balance : await settlement.balance(id);
  const info: Info = {
    address: wireKey(address),
    owner: wireKey(owner ?? id),
    authority: wireKey(id),
    accountType: kind === 'primary' ? AccountType.PRIMARY : AccountType.RELATIONSHIP,
    index: 0n,
    balanceSource: settlement === null ? Source.CACHE : Source.BLOCKCHAIN,
    balance,
    managementState: settlement === null ? Management.LOCKED : Management.NONE,
    blockchainState: settlement === null ? ChainState.DOES_NOT_EXIST : ChainState.UNKNOWN,
    createdAt: timestampFromMs(created * 1000),
  };
  if (settlement !== null) info.mint = wireKey(settlement.mint);
  if (domain !== null) info.relationship = { type: { case: 'domain', value: { value: domain } } };
  return [address, info];
}
