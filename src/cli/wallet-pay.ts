import type { Offer, PaymentOffer, Receipt } from '../../sdk/wallet/offers.js';
import type { Scanned } from '../../sdk/wallet/scan.js';
import { CommandFailure } from './failure.js';
import { agrees } from './prompt.js';
import { type Session, type WalletOptions, withWallet } from './wallet-session.js';
import { balanceText, kin, money, paymentSheet, sheet, siteText } from './wallet-views.js';

/** `tender wallet pay`: shows what a code asks for, asks whether to, and pays. */
export function payCode(code: string, options: WalletOptions): Promise<void> {
  return withWallet(options, async (session) => {
    const { library, wallet, paint } = session;
    const { offer, scanned } = await look(session, code);
    if (offer.kind !== 'payment') throw otherKind(offer);
    const balance = await wallet.balance();
    await confirm(session, paymentSheet(offer, balance, paint), 'Pay it?');
    const receipt = await wallet.pay(offer);
    const next =
      scanned.successUrl === null ? null : library.confirmUrl(scanned.successUrl, receipt.intent);
    showReceipt(session, receipt, next, offer);
  });
}

/** `tender wallet reject`: tells the shop that nothing will come of its request. */
export function rejectCode(code: string, options: WalletOptions): Promise<void> {
  return withWallet(options, async (session) => {
    const { offer, scanned } = await look(session, code);
    if (offer.kind === 'tip') throw otherKind(offer);
    await session.wallet.reject(offer);
    const { intent } = offer;
    const lines = ['✕ Rejected: the shop has been told.'];
    if (scanned.cancelUrl !== null) {
      lines.push(`Next: ${session.library.confirmUrl(scanned.cancelUrl, intent)}`);
    }
    session.show(lines, { intent, rejected: true });
  });
}

/** `tender wallet login`: tells a domain the id that it knows this wallet by. */
export function loginWithCode(code: string, options: WalletOptions): Promise<void> {
  return withWallet(options, async (session) => {
    const { library, wallet, paint } = session;
    const { offer, scanned } = await look(session, code);
    if (offer.kind !== 'login') throw otherKind(offer);
    const { domain } = offer.site;
    const lines = sheet('Login request', [['From', siteText(offer.site, paint)]], paint);
    await confirm(session, lines, `Log in at ${domain}?`);
    const user = await wallet.login(offer);
    const done = [`${paint.accent('●')} Logged in. ${domain} knows this wallet as ${user}.`];
    if (scanned.successUrl !== null) {
      done.push(`Next: ${library.confirmUrl(scanned.successUrl, offer.intent)}`);
    }
    session.show(done, { intent: offer.intent, domain, user });
  });
}

/** `tender wallet tip`: pays whoever has a user name. */
export function tipUser(
  username: string,
  amount: string,
  currency: string,
  options: WalletOptions,
): Promise<void> {
  return withWallet(options, async (session) => {
    const { name, destination } = await session.wallet.tipped(username);
    await sendTo(session, `Tip for ${name}`, destination, amount, currency);
  });
}

/** `tender wallet send`: pays an address. */
export function sendMoney(
  address: string,
  amount: string,
  currency: string,
  options: WalletOptions,
): Promise<void> {
  return withWallet(options, (session) => sendTo(session, 'Transfer', address, amount, currency));
}

async function sendTo(
  session: Session,
  title: string,
  address: string,
  text: string,
  code: string,
): Promise<void> {
  const currency = code.toLowerCase();
  const amount = amountOf(text);
  const { wallet, library, paint } = session;
  const [balance, { rates }] = await Promise.all([wallet.balance(), wallet.rates()]);
  const rate = rates.get(currency);
  if (rate === undefined) throw new CommandFailure(`There is no exchange rate for ${code}.`);
  const quarks = library.quarksOf(amount, rate);
  const rows = [
    ['Amount', paint.strong(money(amount, currency))],
    ...(currency === 'kin' ? [] : [['', kin(quarks)]]),
    ['To', address],
    ['You have', balanceText(balance, quarks, paint)],
  ];
  await confirm(session, sheet(title, rows, paint), 'Pay it?');
  showReceipt(session, await wallet.send(address, amount, currency), null, null);
}

function amountOf(text: string): number {
  if (/^\d{1,12}(\.\d{1,5})?$/.test(text) && Number(text) > 0) return Number(text);
  throw new CommandFailure(`${text} is no amount: like 0.05, above zero, with a point.`);
}

async function look(
  { library, wallet }: Session,
  code: string,
): Promise<{ offer: Offer; scanned: Scanned }> {
  const scanned = await library.parseScanned(code);
  return { scanned, offer: await wallet.read(scanned.payload) };
}

function otherKind(offer: Offer): CommandFailure {
  switch (offer.kind) {
    case 'payment':
      return new CommandFailure('That code asks for a payment: tender wallet pay');
    case 'login':
      return new CommandFailure('That code asks to log in: tender wallet login');
    case 'tip':
      return new CommandFailure(
        `That code is for tips: tender wallet tip ${offer.username} <amount>`,
      );
  }
}

/** Shows what it is about and asks; a no ends the command. */
async function confirm(
  { options }: Session,
  lines: readonly string[],
  question: string,
): Promise<void> {
  // The sheet is a part of the question, and goes where that goes.
  if (options.json !== true) process.stderr.write(`${lines.join('\n')}\n`);
  if (options.yes === true || (await agrees(question))) return;
  throw new CommandFailure('Nothing was done.');
}

function showReceipt(
  session: Session,
  receipt: Receipt,
  next: string | null,
  offer: PaymentOffer | null,
): void {
  const { paint, show } = session;
  const { quarks, currency, amount, intent, user } = receipt;
  const worth = currency === 'kin' ? '' : ` (${money(amount, currency)})`;
  const lines = [`${paint.accent('●')} Paid ${kin(quarks)}${worth}.  ${paint.quiet(intent)}`];
  if (user !== null) lines.push(`  ${offer?.site?.domain} knows this wallet as ${user}.`);
  if (next !== null) lines.push(`Next: ${next}`);
  show(lines, next === null ? receipt : { ...receipt, next });
}
