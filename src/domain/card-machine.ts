/** What a card machine asks its customer for, or tells. */
export type Prompt =
  | 'present_card'
  | 'insert_card'
  | 'enter_pin'
  | 'please_wait'
  | 'card_unsupported'
  | 're_enter_card'
  | 'remove_card'
  | 'approved'
  | 'declined';

/** How a card was read, and how its holder was found to be its holder. */
export interface Presentation {
  readonly entryMode: 'contactless' | 'chip' | 'manual';
  readonly verification: 'pin' | 'signature' | 'none';
}

/** A simulated card machine, with the one customer who stands before it. */
export interface CardMachine extends Presentation {
  /** Printed on its receipts: eight digits that tell which one it is. */
  readonly tid: string;
  readonly isOnline: boolean;
  /** What it shows, one a step, before it asks the bank. */
  readonly prompts: readonly Prompt[];
  /** How it ends: the bank agrees, or refuses; or no card is presented that it can read. */
  readonly ending: 'approves' | 'refuses' | 'waits';
}

const CHIP_AND_PIN = {
  entryMode: 'chip',
  verification: 'pin',
  prompts: ['present_card', 'insert_card', 'enter_pin', 'please_wait'],
} as const;

/** The machines that every sandbox has. The choice is ours: Dojo publishes no simulated ones. */
export const CARD_MACHINES: readonly CardMachine[] = [
  {
    tid: '10000001',
    isOnline: true,
    entryMode: 'contactless',
    verification: 'none',
    prompts: ['present_card', 'please_wait'],
    ending: 'approves',
  },
  { tid: '10000002', isOnline: true, ...CHIP_AND_PIN, ending: 'approves' },
  {
    tid: '10000003',
    isOnline: true,
    entryMode: 'chip',
    verification: 'signature',
    prompts: ['present_card', 'insert_card', 'please_wait'],
    ending: 'approves',
  },
  { tid: '10000004', isOnline: true, ...CHIP_AND_PIN, ending: 'refuses' },
  {
    tid: '10000005',
    isOnline: true,
    entryMode: 'contactless',
    verification: 'none',
    prompts: ['present_card', 'card_unsupported'],
    ending: 'waits',
  },
  { tid: '10000006', isOnline: false, ...CHIP_AND_PIN, ending: 'waits' },
];

/** What a machine shows. Where the holder is not there, the till's user types the number in. */
export function promptsOf(machine: CardMachine, holderNotPresent: boolean): readonly Prompt[] {
  if (!holderNotPresent) return machine.prompts;
  return machine.ending === 'waits' ? ['re_enter_card'] : ['please_wait'];
}

/** How a machine reads its card. */
export function presentationOf(machine: CardMachine, holderNotPresent: boolean): Presentation {
  const { entryMode, verification } = machine;
  return holderNotPresent
    ? { entryMode: 'manual', verification: 'none' }
    : { entryMode, verification };
}
