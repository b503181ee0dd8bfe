import { Client } from '@code-wallet/client';
import { Keypair, PublicKey } from '@code-wallet/keys';
import * as rpc from '@code-wallet/rpc';
import { WebSocket } from 'ws';

// The published stream opens the global one, which Node 20 has not.
(globalThis as { WebSocket?: unknown }).WebSocket = WebSocket;

const { Common } = rpc;
const account = (key: PublicKey) => new Common.SolanaAccountId({ value: key.toBuffer() });

/** A message that is signed over its bytes without the signature. */
interface Signable {
  toBinary(): Uint8Array;
  signature?: rpc.Common.Signature;
}

/** The published key pair asks for buffers in its types, and takes bytes. */
export function signatureOf(pair: Keypair, bytes: Uint8Array): Uint8Array {
  return pair.sign(bytes as never);
}

function signed<T extends Signable>(message: T, pair: Keypair): T {
  const value = signatureOf(pair, message.toBinary());
  message.signature = new Common.Signature({ value });
  return message;
}

/** What a wallet knows after a scan: the payload's key pair. */
export interface Scanned {
  readonly rendezvousKeypair: Keypair;
  getIntentId(): string;
}

/** How a submission ended: null for success, else the reasons that the server gave. */
export type Submitted = string | null;

/**
 * A wallet of nothing but the published packages: their messages, keys, envelope and stream. So it
 * shares no byte of code with the server that it is to try.
 */
export interface PublishedWallet {
  readonly owner: Keypair;
  readonly address: string;
  /** Opens the account and asks for test money. */
  fill(): Promise<void>;
  balance(): Promise<bigint>;
  /** Opens the account by which a domain knows the wallet; answers its key. */
  establish(domain: string): Promise<Keypair>;
  /** Says that the code was scanned, and answers what lies at the rendezvous. */
  scan(scanned: Scanned): Promise<rpc.Message[]>;
  /** Pays what is asked for at the rendezvous. */
  pay(scanned: Scanned): Promise<Submitted>;
  reject(scanned: Scanned): Promise<void>;
  login(scanned: Scanned, user: Keypair): Promise<rpc.LoginToThirdPartyAppResponse_Result>;
}

/** Opens a new wallet on a server at an origin. */
export function openWallet(url: string): PublishedWallet {
  const owner = Keypair.generate();
  const client = new Client(`${url}/v1`);
  const ask = { url, client, owner };
  return {
    owner,
    address: owner.getPublicKey().toBase58(),
    fill: () => fill(ask),
    balance: () => balance(ask),
    establish: (domain) => establish(ask, domain),
    scan: async (scanned) => {
      const timestamp = { seconds: BigInt(Math.floor(Date.now() / 1000)) };
      const kind = { case: 'codeScanned', value: new rpc.CodeScanned({ timestamp }) } as const;
      await say(client, scanned, new rpc.Message({ kind }));
      return poll(client, scanned);
    },
    pay: (scanned) => pay(ask, scanned),
    reject: async (scanned) => {
      const intentId = { value: PublicKey.fromBase58(scanned.getIntentId()).toBuffer() };
      const value = new rpc.ClientRejectedPayment({ intentId });
      const kind = { case: 'clientRejectedPayment', value } as const;
      await say(client, scanned, new rpc.Message({ kind }));
    },
    login: async (scanned, user) => {
      const request = new rpc.LoginToThirdPartyAppRequest({
        intentId: { value: PublicKey.fromBase58(scanned.getIntentId()).toBuffer() },
        userId: account(user.getPublicKey()),
      });
      const { result } = await client.send(
        rpc.Identity,
        'loginToThirdPartyApp',
        signed(request, user),
      );
      return result;
    },
  };
}

interface Ask {
  readonly url: string;
  readonly client: Client;
  readonly owner: Keypair;
}

/** Puts a message down, signed by the rendezvous as the published client signs. */
export async function say(client: Client, scanned: Scanned, message: rpc.Message): Promise<void> {
  const pair = scanned.rendezvousKeypair;
  await client.send(
    rpc.Messaging,
    'sendMessage',
    new rpc.SendMessageRequest({
      message,
      rendezvousKey: { value: pair.getPublicKey().toBuffer() },
      signature: { value: signatureOf(pair, message.toBinary()) },
    }),
  );
}

/** What lies at a rendezvous, oldest first. */
export async function poll(client: Client, scanned: Scanned): Promise<rpc.Message[]> {
  const pair = scanned.rendezvousKeypair;
  const rendezvousKey = { value: pair.getPublicKey().toBuffer() };
  const request = signed(new rpc.PollMessagesRequest({ rendezvousKey }), pair);
  return (await client.send(rpc.Messaging, 'pollMessages', request)).messages;
}

async function fill(ask: Ask): Promise<void> {
  const { client, owner } = ask;
  const open = openAction(owner, owner, Common.AccountType.PRIMARY);
  const type = { case: 'openAccounts', value: new rpc.OpenAccountsMetadata() } as const;
  const id = Keypair.generate().getPublicKey();
  const failed = await submit(ask, id, new rpc.Metadata({ type }), [open]);
  if (failed !== null) throw new Error(`the wallet could not be opened: ${failed}`);
  const request = new rpc.AirdropRequest({
    airdropType: rpc.AirdropType.GET_FIRST_KIN,
    owner: account(owner.getPublicKey()),
  });
  const { result } = await client.send(rpc.Transaction, 'airdrop', signed(request, owner));
  if (result !== rpc.AirdropResponse_Result.OK) throw new Error(`no test money: ${result}`);
}

async function balance({ client, owner }: Ask): Promise<bigint> {
  const request = new rpc.GetTokenAccountInfosRequest({ owner: account(owner.getPublicKey()) });
  const answer = await client.send(rpc.Account, 'getTokenAccountInfos', signed(request, owner));
  const infos = Object.values(answer.tokenAccountInfos);
  const own = infos.find(({ accountType }) => accountType === Common.AccountType.PRIMARY);
  return own?.balance ?? 0n;
}

function openAction(owner: Keypair, authority: Keypair, type: rpc.Common.AccountType): rpc.Action {
  const action = new rpc.OpenAccountAction({
    accountType: type,
    owner: account(owner.getPublicKey()),
    authority: account(authority.getPublicKey()),
    token: account(authority.getPublicKey()),
  });
  const value = signatureOf(authority, action.toBinary());
  action.authoritySignature = new Common.Signature({ value });
  return new rpc.Action({ id: 0, type: { case: 'openAccount', value: action } });
}

async function establish(ask: Ask, domain: string): Promise<Keypair> {
  const key = Keypair.generate();
  const relationship = { type: { case: 'domain', value: { value: domain } } } as const;
  const value = new rpc.EstablishRelationshipMetadata({ relationship });
  const metadata = new rpc.Metadata({ type: { case: 'establishRelationship', value } });
  const open = openAction(ask.owner, key, Common.AccountType.RELATIONSHIP);
  const failed = await submit(ask, Keypair.generate().getPublicKey(), metadata, [open]);
  if (failed !== null) throw new Error(`no relationship: ${failed}`);
  return key;
}

/** Pays the first request at a rendezvous, as the published app takes it. */
async function pay(ask: Ask, scanned: Scanned): Promise<Submitted> {
  const [first] = await poll(ask.client, scanned);
  if (first?.kind.case !== 'requestToReceiveBill') throw new Error('there is no request');
  const { requestorAccount, exchangeData, additionalFees } = first.kind.value;
  const destination = new PublicKey(requestorAccount?.value ?? new Uint8Array());
  const fees = additionalFees.map(({ destination: taker, feeBps }) => ({
    destination: new PublicKey(taker?.value ?? new Uint8Array()),
    basisPoints: BigInt(feeBps),
  }));
  const exchange =
    exchangeData.case === 'exact'
      ? exchangeData.value
      : await priced(ask.client, exchangeData.value as rpc.ExchangeDataWithoutRate);
  const id = PublicKey.fromBase58(scanned.getIntentId());
  return transfer(ask, id, destination, exchange, fees);
}

type Exchange = Pick<rpc.ExchangeData, 'currency' | 'exchangeRate' | 'nativeAmount' | 'quarks'>;

async function priced(client: Client, asked: rpc.ExchangeDataWithoutRate): Promise<Exchange> {
  const { currency, nativeAmount } = asked;
  const { rates } = await client.send(rpc.Currency, 'getAllRates', new rpc.GetAllRatesRequest());
  const exchangeRate = rates[currency] ?? Number.NaN;
  const quarks = BigInt(Math.round((nativeAmount / exchangeRate) * 100_000));
  return { currency, nativeAmount, exchangeRate, quarks };
}

function transfer(
  ask: Ask,
  id: PublicKey,
  destination: PublicKey,
  exchange: Exchange,
  fees: readonly { destination: PublicKey; basisPoints: bigint }[],
): Promise<Submitted> {
  const from = account(ask.owner.getPublicKey());
  const parts = fees.map((fee) => ({
    ...fee,
    amount: (exchange.quarks * fee.basisPoints) / 10_000n,
  }));
  const net = parts.reduce((left, { amount }) => left - amount, exchange.quarks);
  const common = { authority: from, source: from };
  const to = account(destination);
  const value = new rpc.NoPrivacyTransferAction({ ...common, destination: to, amount: net });
  const actions = [
    new rpc.Action({ id: 0, type: { case: 'noPrivacyTransfer', value } }),
    ...parts.map(({ destination: taker, amount }, i) => {
      const fee = new rpc.FeePaymentAction({
        ...common,
        type: rpc.FeePaymentAction_FeeType.THIRD_PARTY,
        destination: account(taker),
        amount,
      });
      return new rpc.Action({ id: i + 1, type: { case: 'feePayment', value: fee } });
    }),
  ];
  const exchangeData = new rpc.ExchangeData(exchange);
  const payment = new rpc.SendPublicPaymentMetadata({
    source: from,
    destination: to,
    exchangeData,
    isWithdrawal: true,
  });
  const metadata = new rpc.Metadata({ type: { case: 'sendPublicPayment', value: payment } });
  return submit(ask, id, metadata, actions);
}

/** Submits what the owner signs, over the published stream. */
async function submit(
  { url, owner }: Ask,
  id: PublicKey,
  metadata: rpc.Metadata,
  actions: rpc.Action[],
): Promise<Submitted> {
  const {
    SubmitIntentRequest_SubmitActions: Actions,
    SubmitIntentRequest_SubmitSignatures: Signatures,
  } = rpc;
  const value = new Actions({
    id: { value: id.toBuffer() },
    owner: account(owner.getPublicKey()),
    metadata,
    actions,
  });
  const stream = await rpc.RpcStream.create(
    rpc.Transaction,
    'submitIntent',
    url.replace(/^http/, 'ws'),
  );
  try {
    const answers = stream.read()[Symbol.asyncIterator]();
    const next = async () => {
      const [answer, error] = (await answers.next()).value;
      if (error !== undefined) throw error;
      return answer?.response;
    };
    const request = { case: 'submitActions', value: signed(value, owner) } as const;
    stream.write(new rpc.SubmitIntentRequest({ request }));
    const first = await next();
    if (first?.case === 'error') return reasonsOf(first.value);
    const signatures = { case: 'submitSignatures', value: new Signatures() } as const;
    stream.write(new rpc.SubmitIntentRequest({ request: signatures }));
    const last = await next();
    if (last?.case === 'error') return reasonsOf(last.value);
    if (last?.case !== 'success') throw new Error(`answered out of turn: ${last?.case}`);
    return null;
  } finally {
    stream.close();
  }
}

function reasonsOf({ code, errorDetails }: rpc.SubmitIntentResponse_Error): string {
  const reasons = errorDetails.map(({ type }) =>
    type.case === 'reasonString' ? type.value.reason : type.case,
  );
  return `${code}: ${reasons.join('; ')}`;
}
