import { expect } from 'vitest';
import { expectVerified } from './checks.js';
import { type Child, startChild } from './child.js';
import type { Random } from './random.js';
import {
  type Bill,
  expectBalances,
  expectIntents,
  expectPaidOnce,
  fill,
  newBill,
  newPhrases,
  type Purses,
  pursesAt,
  settle,
} from './wallets.js';

export interface Kills {
  readonly folder: string;
  /** More of the server's environment. */
  readonly env: Record<string, string>;
  readonly kills: number;
  readonly random: Random;
  /** Told of each server, so that the last one can be ended whatever happens. */
  readonly started: (child: Child) => void;
}

/** How the kills went. */
export interface Survived {
  readonly bills: readonly Bill[];
  /** Bills whose payment was under way at a kill. */
  readonly broken: number;
  /** Of these, the ones that had been paid without an answer. */
  readonly silent: number;
  /** What each wallet has, quarks, by its address. */
  readonly balances: ReadonlyMap<string, bigint>;
}

/** The payments of one life of the server, of all payers at once. */
interface Life {
  readonly bills: Bill[];
  /** Resolves once one is paid: a server that has only just started would have none to lose. */
  readonly begun: Promise<void>;
  readonly over: Promise<unknown>;
}

function live(port: number, purses: Purses, name: string, random: Random): Life {
  const bills: Bill[] = [];
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const pay = async (payer: number): Promise<void> => {
    for (let turn = 0; ; turn++) {
      const bill = await newBill(purses, `${name}.${payer}.${turn}`, payer, random);
      bills.push(bill);
      if (!(await settle(port, purses, bill))) return;
      begin();
    }
  };
  return { bills, begun, over: Promise.all(purses.payers.map((_, payer) => pay(payer))) };
}

/**
 * Has wallets pay through servers that are killed, again and again, and checks what must hold when
 * the last one has come up: every payment is there once, the money adds up, the audit agrees.
 */
export async function surviveKills(settings: Kills): Promise<Survived> {
  const { folder, env, kills, random, started } = settings;
  const phrases = newPhrases();
  const start = async (): Promise<Child> => {
    const next = await startChild(folder, { TENDER_WALLET_PORT: 'off', ...env });
    started(next);
    return next;
  };
  let child = await start();
  const given = await fill(await pursesAt(child.port, phrases));
  const bills: Bill[] = [];
  let broken = 0;
  let silent = 0;
  for (let kill = 0; kill < kills; kill++) {
    const purses = await pursesAt(child.port, phrases);
    const life = live(child.port, purses, `k${kill}`, random);
    await Promise.race([life.begun, life.over]);
    await new Promise((resolve) => setTimeout(resolve, random.between(0, 300)));
    await child.kill();
    await life.over;
    expect(child.log()).toBe('');
    child = await start();
    const { port } = child;
    const next = await pursesAt(port, phrases);
    const lost = life.bills.filter(({ quarks }) => quarks === null);
    const again = await Promise.all(lost.map((bill) => settle(port, next, bill)));
    expect(again).not.toContain(false);
    broken += lost.length;
    silent += lost.filter(({ quarks }) => quarks === null).length;
    bills.push(...life.bills);
  }
  const purses = await pursesAt(child.port, phrases);
  const balances = await expectPaidOnce(purses, bills, given);
  await expectBalances(purses, balances);
  await expectIntents(child.port, bills);
  expect(child.log()).toBe('');
  expect(await child.stop()).toBe(0);
  await expectVerified(folder);
  return { bills, broken, silent, balances };
}
