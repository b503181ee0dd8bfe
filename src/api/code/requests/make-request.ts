import { Code, ConnectError } from '@connectrpc/connect';
import { WALLET_CURRENCY } from '../../../domain/rendezvous.js';
import type { MessageInput } from '../../../engine/rendezvous.js';
import { createRequest, type Rendezvous, type RequestInput } from '../../../engine/requests.js';
import { toBase58 } from '../../../wire/code/base58.js';
import type {
  RequestToLogin,
  RequestToReceiveBill,
} from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import { callEngine } from '../call.js';
import { type Domains, readDomain } from '../domains.js';
import { submittedMessage } from '../own-message.js';
import type { CodeDependencies } from '../settings.js';
import { isSignedBy } from '../signatures.js';
import { type Bill, exactFault, minorUnits, readBill } from './bill.js';
import { type LimitsOf, limitFault } from './limits.js';
import { verifierBytes } from './received.js';
import {
  type AddressFacts,
  type Asker,
  destinationFault,
  feesFault,
  loginMismatch,
  paymentMismatch,
  proofFault,
  sameRendezvousFault,
  submittedFault,
} from './rules.js';
import type { SentMessage } from './sent-message.js';
import { readRendezvous, readWallets } from './stored.js';

const SECONDS_PER_HOUR = 3600;

const CODES = {
  unauthenticated: Code.Unauthenticated,
  permission_denied: Code.PermissionDenied,
  invalid_argument: Code.InvalidArgument,
} as const;

type Dependencies = Pick<
  CodeDependencies,
  'engine' | 'settings' | 'limits' | 'settlement' | 'defaultMerchant'
> & { readonly domains: Domains; readonly amounts: LimitsOf };

/** Makes requests of messages whose signature by the rendezvous holds. */
export interface Requests {
  /** A payment, with or without a login. Answers the message that lies at the rendezvous. */
  bill(bill: RequestToReceiveBill, sent: SentMessage): Promise<MessageInput>;
  /** A login alone. */
  login(login: RequestToLogin, sent: SentMessage): Promise<MessageInput>;
}

/** Builds the making of requests; each method throws ConnectError with the published texts. */
export function makeRequests(deps: Dependencies): Requests {
  return {
    bill: (message, sent) => askForPayment(deps, message, sent),
    login: (message, sent) => askForLogin(deps, message, sent),
  };
}

async function askForPayment(
  deps: Dependencies,
  message: RequestToReceiveBill,
  sent: SentMessage,
): Promise<MessageInput> {
  const bill = orRefuse(readBill(message));
  const before = await readRendezvous(deps.engine, sent.id);
  refuseIf(submittedFault(before));
  const domain = message.domain === undefined ? null : baseDomain(message.domain.value);
  const verifier = message.verifier === undefined ? null : toBase58(message.verifier.value);
  const asker = { domain, verifier };
  const refuses = (found: Rendezvous): string | null =>
    submittedFault(found) ??
    (found.request === null ? null : paymentMismatch(found.request, bill, asker));
  refuseIf(refuses(before));
  if (before.request === null) refuseIf(await newBillFault(deps, bill, asker));
  refuseIf(proofFault(message, sent.rendezvous));
  if (message.domain !== undefined && verifier !== null) {
    await demandSignature(sent, message);
    await demandOwnership(deps, message.domain.value, verifier);
  }
  const { terms } = bill;
  const paidMessage = takesCards(terms) ? submittedMessage(sent.id) : null;
  const payment = { terms, amount: orRefuse(minorUnits(terms)), paidMessage };
  return make(deps, sent, { payment, domain, verifier, refuses });
}

/** Fees are paid by wallets only, and no card is in the wallets' own currency. */
function takesCards({ fees, currency }: Bill['terms']): boolean {
  return fees.length === 0 && currency !== WALLET_CURRENCY;
}

async function askForLogin(
  deps: Dependencies,
  message: RequestToLogin,
  sent: SentMessage,
): Promise<MessageInput> {
  const { domain: named, verifier: key, rendezvousKey } = message;
  if (named === undefined || key === undefined || rendezvousKey === undefined)
    throw new Error('a field that is required was not checked for');
  await demandSignature(sent, message);
  const before = await readRendezvous(deps.engine, sent.id);
  refuseIf(submittedFault(before));
  const domain = baseDomain(named.value);
  refuseIf(sameRendezvousFault(rendezvousKey.value, sent.rendezvous));
  const refuses = (found: Rendezvous): string | null =>
    submittedFault(found) ?? (found.request === null ? null : loginMismatch(found.request, domain));
  refuseIf(refuses(before));
  const verifier = toBase58(key.value);
  await demandOwnership(deps, named.value, verifier);
  return make(deps, sent, { payment: null, domain, verifier, refuses });
}

/** Makes a request that nothing speaks against; what lies there by then is looked at again. */
async function make(
  { engine, settings, limits, defaultMerchant }: Dependencies,
  { id, kept }: SentMessage,
  asked: Pick<RequestInput, 'payment' | 'domain' | 'verifier' | 'refuses'>,
): Promise<MessageInput> {
  const command = createRequest({
    ...asked,
    id,
    message: kept,
    defaultMerchant,
    expiresInSeconds: settings.code_request_expires_hours * SECONDS_PER_HOUR,
    messages_max: limits.messages_per_request_max,
  });
  const end = await callEngine(engine, command);
  if ('refused' in end) throw new ConnectError(end.refused, Code.InvalidArgument);
  return end.message;
}

/** The rules for a request that is not there yet. */
async function newBillFault(deps: Dependencies, bill: Bill, asker: Asker): Promise<string | null> {
  const { terms } = bill;
  const facts = await addressFacts(deps, bill);
  const addressFault = (address: string): string | null =>
    destinationFault(address, facts.get(address) ?? { wallet: null, chainFault: null }, asker);
  const amount = minorUnits(terms);
  return (
    addressFault(terms.destination) ??
    limitFault(deps.amounts, terms.currency, terms.nativeAmount) ??
    exactFault(bill) ??
    (typeof amount === 'string' ? amount : null) ??
    feesFault(bill, addressFault)
  );
}

async function addressFacts(
  { engine, settlement }: Dependencies,
  { terms }: Bill,
): Promise<ReadonlyMap<string, AddressFacts>> {
  const addresses = [terms.destination, ...terms.fees.map(({ destination }) => destination)];
  const wallets = await readWallets(engine, addresses);
  const facts = addresses.map(async (address): Promise<[string, AddressFacts]> => {
    const wallet = wallets.get(address) ?? null;
    const isOurs = wallet !== null && wallet.kind !== 'destination';
    const chainFault = isOurs ? null : ((await settlement?.destinationFault(address)) ?? null);
    return [address, { wallet, chainFault }];
  });
  return new Map(await Promise.all(facts));
}

/** Refuses what the key of a domain has not signed. */
async function demandSignature(
  { message, received }: SentMessage,
  { verifier, signature }: RequestToLogin | RequestToReceiveBill,
): Promise<void> {
  const bytes = verifierBytes(message, received);
  if (verifier === undefined || signature === undefined || bytes === null)
    throw new ConnectError('', Code.Unauthenticated);
  if (!(await isSignedBy(verifier.value, bytes, signature.value)))
    throw new ConnectError('', Code.Unauthenticated);
}

async function demandOwnership(
  { domains }: Dependencies,
  domain: string,
  verifier: string,
): Promise<void> {
  const fault = await domains.check(domain, verifier);
  if (fault !== null) throw new ConnectError(fault.text, CODES[fault.code]);
}

/** The base domain of a name; refuses what is no domain name. */
function baseDomain(name: string): string {
  const read = readDomain(name);
  if ('base' in read) return read.base;
  throw new ConnectError(`domain is invalid: ${read.fault}`, Code.InvalidArgument);
}

function refuseIf(fault: string | null): void {
  if (fault !== null) throw new ConnectError(fault, Code.InvalidArgument);
}

function orRefuse<T extends object | bigint>(read: T | string): T {
  if (typeof read === 'string') throw new ConnectError(read, Code.InvalidArgument);
  return read;
}
