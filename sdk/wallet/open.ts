import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  Account,
  GetTokenAccountInfosRequestSchema,
  type TokenAccountInfo,
} from '../../src/wire/code/proto/code/account/v1/account_pb.js';
import {
  AccountType,
  type SolanaAccountId,
} from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import {
  type MetadataSchema,
  OpenAccountActionSchema,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import type { Signer } from './curve.js';
import { WalletError } from './errors.js';
import { signed } from './signed.js';
import { newIntent, submit } from './submit.js';
import type { Means } from './wallet.js';

/** All accounts that are the wallet's: its own, and one for each domain that knows it. */
async function accountsOf({ keys, transport }: Means): Promise<TokenAccountInfo[]> {
  const owner = { value: keys.owner.publicKey };
  const request = await signed(GetTokenAccountInfosRequestSchema, { owner }, keys.owner);
  const answer = await transport.call(Account.method.getTokenAccountInfos, request);
  return Object.values(answer.tokenAccountInfos);
}

async function findPrimary(means: Means): Promise<TokenAccountInfo | undefined> {
  const accounts = await accountsOf(means);
  return accounts.find(({ accountType }) => accountType === AccountType.PRIMARY);
}

/**
 * The wallet's own account, opened where it is not yet: others may have paid to its address
 * already, but only its key can make it somebody's.
 */
export async function primaryOf(means: Means): Promise<TokenAccountInfo> {
  const known = await findPrimary(means);
  if (known !== undefined) return known;
  const { owner } = means.keys;
  await openAccount(means, AccountType.PRIMARY, owner, { case: 'openAccounts', value: {} });
  const opened = await findPrimary(means);
  if (opened === undefined) throw new WalletError('protocol', 'The wallet could not be opened.');
  return opened;
}

/** Addresses that are known to be open: they stay so, and a payment need not ask for its own. */
const sources = new WeakMap<Means, SolanaAccountId>();

/** The account that the wallet pays from, opened where it is not yet. */
export async function sourceOf(means: Means): Promise<SolanaAccountId> {
  const known = sources.get(means);
  if (known !== undefined) return known;
  const { address } = await primaryOf(means);
  if (address === undefined) throw new WalletError('protocol', 'The wallet has no address.');
  sources.set(means, address);
  return address;
}

/**
 * Makes sure that the wallet has an account for a domain, which is what the domain knows it by.
 * @returns the public key of that account
 */
export async function establish(means: Means, domain: string): Promise<Uint8Array> {
  const base = baseDomain(domain);
  const key = await means.keys.relationship(base);
  const accounts = await accountsOf(means);
  const isKnown = accounts.some(
    ({ authority }) => String(authority?.value) === String(key.publicKey),
  );
  if (isKnown) return key.publicKey;
  await openAccount(means, AccountType.RELATIONSHIP, key, {
    case: 'establishRelationship',
    value: { relationship: { type: { case: 'domain', value: { value: base } } } },
  });
  return key.publicKey;
}

/** Opens an account; its own key signs that it shall be the owner's. */
async function openAccount(
  means: Means,
  accountType: AccountType,
  authority: Signer,
  type: NonNullable<MessageInitShape<typeof MetadataSchema>['type']>,
): Promise<void> {
  const account = { value: authority.publicKey };
  const owner = { value: means.keys.owner.publicKey };
  const action = { accountType, owner, authority: account, token: account };
  const bytes = toBinary(OpenAccountActionSchema, create(OpenAccountActionSchema, action));
  const authoritySignature = { value: await authority.sign(bytes) };
  await submit(means, {
    id: newIntent(),
    metadata: { type },
    actions: [{ id: 0, type: { case: 'openAccount', value: { ...action, authoritySignature } } }],
  });
}

/**
 * What a domain is known by: its last two labels, in the form of the DNS.
 * Throws WalletError `unverified` where it is no domain.
 */
export function baseDomain(domain: string): string {
  const url = `https://${domain}`;
  const labels = URL.canParse(url) ? new URL(url).hostname.split('.') : [];
  if (labels.length < 2) throw new WalletError('unverified', `${domain} is no domain.`);
  return labels.slice(-2).join('.');
}
