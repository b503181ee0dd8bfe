import { toBase58 } from '../wire/code/base58.js';
import { CommandFailure } from './failure.js';
import { agrees, ask } from './prompt.js';
import { makePaint, wantsColors } from './terminal.js';
import { nodeCurve } from './wallet-curve.js';
import { readPhrase, walletPlace, writePhrase } from './wallet-file.js';
import { loadWalletLibrary } from './wallet-library.js';
import { print, type WalletOptions, withWallet } from './wallet-session.js';
import { historyLines, kin, money, phraseLines, sheet } from './wallet-views.js';

const paintOf = () => makePaint(wantsColors(process.stdout, process.env));

/** `tender wallet new`: makes a wallet, or one from a phrase that was written down. */
export async function newWallet(
  options: WalletOptions & { readonly restore?: boolean },
): Promise<void> {
  const { file } = walletPlace(options, process.env);
  const library = await loadWalletLibrary();
  const phrase = options.restore
    ? library.normalPhrase(await ask('The twelve words: '))
    : library.newPhrase();
  if (phrase === null) {
    throw new CommandFailure('That is no recovery phrase: check its words and their order.');
  }
  const { owner } = await library.keysFromPhrase(phrase, nodeCurve);
  writePhrase(file, phrase);
  const address = toBase58(owner.publicKey);
  const paint = paintOf();
  const rows = [
    ['Address', paint.accent(address)],
    ['Kept in', file],
  ];
  const next = options.restore
    ? 'Next: tender wallet balance'
    : 'Next: write down the words of tender wallet phrase, then get test money: ' +
      'tender wallet faucet';
  print(
    options,
    [...sheet(options.restore ? 'Wallet restored' : 'New wallet', rows, paint), next],
    {
      address,
      file,
    },
  );
}

/** `tender wallet phrase`: shows the recovery phrase, to whoever says that nobody looks on. */
export async function showPhrase(options: WalletOptions): Promise<void> {
  const phrase = readPhrase(walletPlace(options, process.env).file);
  const question = 'Whoever sees the twelve words can take the money. Show them?';
  if (options.yes !== true && !(await agrees(question))) {
    throw new CommandFailure('Not shown.');
  }
  const lines = ['', ...phraseLines(phrase, paintOf()), '', 'Write them on paper, in this order.'];
  print(options, lines, { phrase });
}

/** `tender wallet address`: where others pay to. */
export function showAddress(options: WalletOptions): Promise<void> {
  return withWallet(options, async ({ wallet, show }) => {
    show([wallet.address], { address: wallet.address });
  });
}

/** `tender wallet balance`: what there is, and what it is worth. */
export function showBalance(options: WalletOptions & { readonly currency: string }): Promise<void> {
  return withWallet(options, async ({ library, wallet, show, paint }) => {
    const [quarks, { rates }] = await Promise.all([wallet.balance(), wallet.rates()]);
    const currencies = options.currency.toLowerCase().split(',');
    const worth = currencies.map((currency) => {
      const rate = rates.get(currency);
      if (rate === undefined) {
        throw new CommandFailure(`There is no exchange rate for ${currency.toUpperCase()}.`);
      }
      // The last digits of a product of doubles are noise: 50, not 50.00000000000001.
      const amount = Number(library.worthOf(quarks, rate).toPrecision(12));
      return { currency, amount };
    });
    const rows = [
      ['Balance', paint.strong(kin(quarks))],
      ...worth.map(({ currency, amount }) => ['', money(amount, currency)]),
    ];
    const next = quarks === 0n ? ['Next: get test money with tender wallet faucet'] : [];
    show([...sheet(wallet.address, rows, paint), ...next], { quarks, worth });
  });
}

/** `tender wallet faucet`: test money. */
export function askFaucet(options: WalletOptions): Promise<void> {
  return withWallet(options, async ({ wallet, show, paint }) => {
    const received = await wallet.faucet();
    const quarks = await wallet.balance();
    const line = `${paint.accent('●')} Received ${kin(received)}. You have ${kin(quarks)}.`;
    show([line], { received, quarks });
  });
}

/** `tender wallet history`: what was paid and received, newest first. */
export function showHistory(options: WalletOptions & { readonly all?: boolean }): Promise<void> {
  return withWallet(options, async ({ wallet, show, paint }) => {
    let page = await wallet.history();
    const items = [...page.items];
    while (options.all === true && page.next !== null) {
      page = await wallet.history(page.next);
      items.push(...page.items);
    }
    const more = page.next === null ? [] : ['', 'There is more: tender wallet history --all'];
    const lines = items.length === 0 ? ['Nothing has moved yet.'] : historyLines(items, paint);
    show([...lines, ...more], { items, more: page.next !== null });
  });
}
