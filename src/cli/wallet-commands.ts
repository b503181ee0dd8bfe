import type { Command } from 'commander';
import { groupOnly } from './usage.js';
import type { WalletOptions } from './wallet-session.js';

const EXAMPLES = `
A code is what a shop shows: its 20 bytes in base64, or the link of its button
or of a wallet. Without a currency, amounts are in kin.

Examples:
  tender wallet new                    make one, kept in the data folder
  tender wallet faucet                 get test money from a sandbox
  tender wallet pay <code>             see what a shop asks for, and pay it
  tender wallet send <address> 1 usd   pay another wallet one dollar in kin`;

/** Adds `tender wallet` and what it can do; each part is loaded when it is run. */
export function addWalletCommands(tender: Command): void {
  const wallet = tender
    .command('wallet')
    .description('pay, be paid and log in, from a terminal')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES);
  groupOnly(wallet);
  const add = (usage: string, description: string): Command =>
    wallet
      .command(usage)
      .description(description)
      .option('-d, --data <folder>', 'data folder with the wallet (TENDER_DATA)')
      .option('-w, --wallet <file>', 'another file with a wallet')
      .option('-u, --url <origin>', 'the Tender to talk to; else the one on the data folder')
      .option('--json', 'print one line of JSON');
  addAccountCommands(add);
  addPayCommands(add);
}

type Add = (usage: string, description: string) => Command;

function addAccountCommands(add: Add): void {
  add('new', 'make a wallet')
    .option('--restore', 'from the twelve words of one, which are asked for')
    .action(async (options: WalletOptions) => (await import('./wallet.js')).newWallet(options));
  add('phrase', 'show the words it is made of')
    .option('-y, --yes', 'without asking')
    .action(async (options: WalletOptions) => (await import('./wallet.js')).showPhrase(options));
  add('address', 'print where others pay to').action(async (options: WalletOptions) =>
    (await import('./wallet.js')).showAddress(options),
  );
  add('balance', 'show what the wallet holds')
    .option('-c, --currency <codes>', 'what to show its worth in, by commas', 'usd')
    .action(async (options: WalletOptions & { currency: string }) =>
      (await import('./wallet.js')).showBalance(options),
    );
  add('faucet', 'get test money').action(async (options: WalletOptions) =>
    (await import('./wallet.js')).askFaucet(options),
  );
  add('history', 'list what moved')
    .option('--all', 'to the very first')
    .action(async (options: WalletOptions) => (await import('./wallet.js')).showHistory(options));
}

function addPayCommands(add: Add): void {
  const ask = (usage: string, description: string): Command =>
    add(usage, description).option('-y, --yes', 'without asking');
  ask('pay <code>', 'pay what a code asks for').action(
    async (code: string, options: WalletOptions) =>
      (await import('./wallet-pay.js')).payCode(code, options),
  );
  add('reject <code>', 'refuse what a code asks for').action(
    async (code: string, options: WalletOptions) =>
      (await import('./wallet-pay.js')).rejectCode(code, options),
  );
  ask('login <code>', 'log in where a code is from').action(
    async (code: string, options: WalletOptions) =>
      (await import('./wallet-pay.js')).loginWithCode(code, options),
  );
  ask('tip <username> <amount> [currency]', 'pay a user').action(
    async (username: string, amount: string, currency: string = 'kin', options: WalletOptions) =>
      (await import('./wallet-pay.js')).tipUser(username, amount, currency, options),
  );
  ask('send <address> <amount> [currency]', 'pay an address').action(
    async (address: string, amount: string, currency: string = 'kin', options: WalletOptions) =>
      (await import('./wallet-pay.js')).sendMoney(address, amount, currency, options),
  );
}
