/** How a bank answers a debit: after so many seconds with this code, null for money. */
export interface BankBehaviour {
  readonly seconds: number;
  readonly code: string | null;
  /** It never answers: it is asked again each time the seconds have passed. */
  readonly silent?: true;
  readonly disputed?: true;
}

/** Banks take days; a sandbox shows the same within seconds, or minutes where that is asked for. */
const SOON_SECONDS = 5;
const LATER_SECONDS = 180;
const ASKED_AGAIN_SECONDS = 30 * 86_400;

/** Every way a test account can act; a method keeps the name. */
export const BANK_BEHAVIOURS = {
  pays: { seconds: SOON_SECONDS, code: null },
  pays_later: { seconds: LATER_SECONDS, code: null },
  fails: fails('generic_could_not_process'),
  fails_later: { seconds: LATER_SECONDS, code: 'generic_could_not_process' },
  disputes: { seconds: SOON_SECONDS, code: null, disputed: true },
  source_limit_later: { seconds: LATER_SECONDS, code: 'charge_exceeds_source_limit' },
  weekly_limit: fails('charge_exceeds_weekly_limit'),
  insufficient_funds: fails('insufficient_funds'),
  account_closed: fails('account_closed'),
  no_account: fails('no_account'),
  debit_not_authorized: fails('debit_not_authorized'),
  invalid_currency: fails('invalid_currency'),
  stays_processing: { seconds: ASKED_AGAIN_SECONDS, code: null, silent: true },
} as const satisfies Record<string, BankBehaviour>;

export type BankBehaviourName = keyof typeof BANK_BEHAVIOURS;

const BY_NAME: ReadonlyMap<string, BankBehaviour> = new Map(Object.entries(BANK_BEHAVIOURS));

/** The behaviour of that name. Throws when there is none: the account is another rail's. */
export function bankBehaviourOf(name: string): BankBehaviour {
  const behaviour = BY_NAME.get(name);
  if (behaviour === undefined) throw new Error(`no test account acts like ${name}`);
  return behaviour;
}

function fails(code: string): BankBehaviour {
  return { seconds: SOON_SECONDS, code };
}

/** US test accounts, by account number; the routing number is any valid one. */
export const US_ACCOUNTS: ReadonlyMap<string, BankBehaviourName> = new Map([
  ['000123456789', 'pays'],
  ['000111111113', 'account_closed'],
  ['000111111116', 'no_account'],
  ['000222222227', 'insufficient_funds'],
  ['000333333335', 'debit_not_authorized'],
  ['000444444440', 'invalid_currency'],
  ['000555555559', 'disputes'],
  ['000777777771', 'weekly_limit'],
  ['000888888885', 'invalid_currency'],
  ['000000000009', 'stays_processing'],
]);

/** Test IBANs by their ends, which are the same for every country but two. */
const IBAN_ENDS: readonly (readonly [end: string, behaviour: BankBehaviourName])[] = [
  ['473201', 'pays'],
  ['473202', 'fails'],
  ['473203', 'disputes'],
  ['473204', 'pays_later'],
  ['473205', 'fails_later'],
  ['0000343434', 'source_limit_later'],
  ['0000121212', 'weekly_limit'],
  ['0002222227', 'insufficient_funds'],
  ['0532013001', 'fails'],
  ['0532013002', 'disputes'],
  ['0532013003', 'pays_later'],
  ['0532013004', 'fails_later'],
  ['13M02607', 'fails'],
  ['13M02608', 'disputes'],
  ['13M02609', 'pays_later'],
  ['13M02610', 'fails_later'],
];

/** How the account of a valid IBAN acts: one that is no test account pays. */
export function ibanBehaviour(iban: string): BankBehaviourName {
  return IBAN_ENDS.find(([end]) => iban.endsWith(end))?.[1] ?? 'pays';
}
