import type { Card } from '../../domain/payment-method.js';
import type { BehaviourName } from './behaviours.js';
import { brandOf } from './brands.js';

/** A card number that means something in a sandbox. */
export interface TestCard {
  readonly number: string;
  /** What follows `pm_card_` and `tok_` in the names of its tokens. */
  readonly names: readonly string[];
  readonly behaviour: BehaviourName;
  readonly brand: string;
  readonly country: string;
  readonly funding: Card['funding'];
  readonly networks: readonly string[];
  readonly threeDSecureSupported: boolean;
}

type Particulars = Partial<Omit<TestCard, 'number' | 'names' | 'behaviour'>>;

const DEBIT = { funding: 'debit' } as const;
const PREPAID = { funding: 'prepaid' } as const;
const FRANCE_CB = { country: 'FR' } as const;

const BY_BRAND: readonly TestCard[] = [
  row('4242424242424242', ['visa', 'us']),
  row('4000056655665556', ['visa_debit'], 'approves', DEBIT),
  row('5555555555554444', ['mastercard']),
  row('2223003122003222', []),
  row('5200828282828210', ['mastercard_debit'], 'approves', DEBIT),
  row('5105105105105100', ['mastercard_prepaid'], 'approves', PREPAID),
  row('378282246310005', ['amex', 'amex_threeDSecureNotSupported'], 'approves', {
    threeDSecureSupported: false,
  }),
  row('371449635398431', []),
  row('6011111111111117', ['discover']),
  row('6011000990139424', []),
  row('6011981111111113', [], 'approves', DEBIT),
  row('3056930009020004', ['diners']),
  row('30569309025904', []),
  row('36227206271667', []),
  row('38520000023237', []),
  row('6555900000604105', [], 'approves', { country: 'KR' }),
  row('3566002020360505', ['jcb']),
  row('3530111333300000', []),
  row('6200000000000005', ['unionpay']),
  row('6200000000000047', [], 'approves', DEBIT),
  row('6205500000000000004', []),
  row('5062210000000009', [], 'approves', { country: 'MX' }),
  row('4000002500001001', ['visa_cartesBancaires'], 'approves', {
    ...FRANCE_CB,
    networks: ['cartes_bancaires', 'visa'],
  }),
  row('5555552500001001', ['mastercard_cartesBancaires'], 'approves', {
    ...FRANCE_CB,
    networks: ['cartes_bancaires', 'mastercard'],
  }),
  row('4000050360000001', ['visa_debit_eftposAuCoBranded'], 'approves', {
    country: 'AU',
    funding: 'debit',
    networks: ['eftpos_au', 'visa'],
  }),
  row('5555050360000080', ['mastercard_debit_eftposAuCoBranded'], 'approves', {
    country: 'AU',
    funding: 'debit',
    networks: ['eftpos_au', 'mastercard'],
  }),
  row('4000051230000072', ['debit_visaFsaProductCode', 'debit_visaHsaProductCode'], 'approves', {
    funding: 'debit',
  }),
  row('5200828282828897', ['mastercard_debit_mastercardFsaProductCode'], 'approves', DEBIT),
];

/** Their digits 7 to 9 are the country's number in ISO 3166. */
const BY_COUNTRY: readonly TestCard[] = [
  from('AR', '4000000320000021'),
  from('BR', '4000000760000002'),
  from('CA', '4000001240000000'),
  from('CL', '4000001520000001'),
  from('CO', '4000001700000003'),
  from('CR', '4000001880000005'),
  from('EC', '4000002180000000'),
  from('MX', '4000004840008001'),
  from('PA', '4000005910000000'),
  from('PY', '4000006000000066'),
  from('PE', '4000006040000068'),
  from('UY', '4000008580000003'),
  from('AE', '4000007840000001'),
  from('AE', '5200007840000022', 'ae_mastercard'),
  from('AT', '4000000400000008'),
  from('BE', '4000000560000004'),
  from('BG', '4000001000000000'),
  from('BY', '4000001120000005'),
  from('HR', '4000001910000009'),
  from('CY', '4000001960000008'),
  from('CZ', '4000002030000002'),
  from('DK', '4000002080000001'),
  from('EE', '4000002330000009'),
  from('FI', '4000002460000001'),
  from('FR', '4000002500000003'),
  from('DE', '4000002760000016'),
  from('GI', '4000002920000005'),
  from('GR', '4000003000000030'),
  from('HU', '4000003480000005'),
  from('IE', '4000003720000005'),
  from('IT', '4000003800000008'),
  from('LV', '4000004280000005'),
  from('LI', '4000004380000004'),
  from('LT', '4000004400000000'),
  from('LU', '4000004420000006'),
  from('MT', '4000004700000007'),
  from('NL', '4000005280000002'),
  from('NO', '4000005780000007'),
  from('PL', '4000006160000005'),
  from('PT', '4000006200000007'),
  from('RO', '4000006420000001'),
  from('SA', '4000006820000007'),
  from('SI', '4000007050000006'),
  from('SK', '4000007030000001'),
  from('ES', '4000007240000007'),
  from('SE', '4000007520000008'),
  from('CH', '4000007560000009'),
  from('GB', '4000008260000000'),
  row('4000058260000005', ['gb_debit'], 'approves', { country: 'GB', funding: 'debit' }),
  from('GB', '5555558265554449', 'gb_mastercard'),
  from('AU', '4000000360000006'),
  from('CN', '4000001560000002'),
  from('HK', '4000003440000004'),
  from('IN', '4000003560000008'),
  from('JP', '4000003920000003'),
  from('MY', '4000004580000002'),
  from('NZ', '4000005540000008'),
  from('SG', '4000007020000003'),
  from('TW', '4000001580000008'),
  row('4000007640000003', ['th_credit', 'th'], 'approves', { country: 'TH' }),
  row('4000057640000008', ['th_debit'], 'approves', { country: 'TH', funding: 'debit' }),
];

const DECLINED: readonly TestCard[] = [
  declined('4000000000000002', '', 'generic_decline'),
  declined('4000000000009995', 'InsufficientFunds', 'insufficient_funds'),
  declined('4000000000009987', 'LostCard', 'lost_card'),
  declined('4000000000009979', 'StolenCard', 'stolen_card'),
  declined('4000000000000069', 'ExpiredCard', 'expired_card'),
  declined('4000000000000127', 'IncorrectCvc', 'incorrect_cvc'),
  declined('4000000000000119', 'ProcessingError', 'processing_error'),
  declined('4000000000006975', 'VelocityLimitExceeded', 'velocity_exceeded'),
  row(
    '4000000000000341',
    ['chargeCustomerFail', 'visa_chargeCustomerFail'],
    'attaches_then_declines',
  ),
];

const CHALLENGED: readonly TestCard[] = [
  row('4000002500003155', ['authenticationRequiredOnSetup'], 'challenge_unless_set_up', {
    country: 'FR',
  }),
  row('4000002760003184', ['authenticationRequired'], 'challenge_always', { country: 'DE' }),
  row(
    '4000003800000446',
    ['authenticationRequiredSetupForOffSession'],
    'challenge_already_set_up',
    { country: 'IT' },
  ),
  row(
    '4000008260003178',
    ['authenticationRequiredChargeDeclinedInsufficientFunds'],
    'challenge_then_insufficient_funds',
    { country: 'GB' },
  ),
  row('4000008400001629', ['threeDSecureRequiredChargeDeclined'], 'challenge_then_declined'),
  row('4000000000003220', ['threeDSecure2Required'], 'challenge_always', { country: 'IE' }),
  row('4000008400000027', [], 'challenge_always'),
  row('4000000000003063', ['threeDSecureRequired'], 'challenge_required_version_1'),
  row('4000000000003055', ['threeDSecureOptional'], 'challenge_optional'),
  row('4000000000003097', ['threeDSecureOptionalProcessingError'], 'challenge_lookup_fails'),
  row(
    '4000008400001280',
    ['threeDSecureRequiredProcessingError'],
    'challenge_required_lookup_fails',
  ),
  row('4000000032200000', [], 'challenge_frictionless'),
  row('4000582600000094', [], 'challenge_always'),
  row('4000582600000045', [], 'challenge_always'),
  row('4000582600000102', [], 'challenge_always'),
  row('4000582600000110', [], 'challenge_always'),
];

const RISKY: readonly TestCard[] = [
  row(
    '4100000000000019',
    ['radarBlock', 'chargeDeclinedFraudulent', 'visa_chargeDeclinedFraudulent'],
    'risk_blocked',
  ),
  row('4000000000004954', ['riskLevelHighest'], 'risk_highest'),
  row('4000000000009235', ['riskLevelElevated'], 'risk_elevated'),
  row('4000008400000407', ['highFraudDisputeScore']),
  row('4000008400000159', ['highEfwScore']),
  row('4000008400001017', ['radarDynamicRiskThreshold']),
  row('4000008405600003', ['adaptive3dsChallenge']),
  row('4000000000000101', ['cvcCheckFail'], 'cvc_fails'),
  row('4000058400307872', ['cvcCheckFailElevatedRisk'], 'cvc_fails_risk_elevated', DEBIT),
  row('4000000000000036', ['avsZipFail']),
  row('4000058400306072', ['avsZipFailElevatedRisk'], 'risk_elevated', DEBIT),
  row('4000000000000028', ['avsLine1Fail']),
  row('4000000000000010', ['avsFail']),
  row('4000000000000044', ['avsUnchecked']),
];

const LATER: readonly TestCard[] = [
  row('4000000000000077', ['bypassPending'], 'available_at_once'),
  row('4000003720000278', ['bypassPendingInternational'], 'available_at_once', { country: 'IE' }),
  row('4000000000000259', ['createDispute'], 'dispute_fraudulent'),
  row('4000000000002685', ['createDisputeProductNotReceived'], 'dispute_not_received'),
  row('4000000000001976', ['createDisputeInquiry'], 'dispute_inquiry'),
  row('4000000000005423', ['createIssuerFraudRecord'], 'early_fraud_warning'),
  row('4000000000007726', ['pendingRefund'], 'refund_pending'),
  row('4000000000005126', ['refundFail'], 'refund_fails'),
];

/**
 * The numbers of Dojo's samples and documents. Their ends are those of the test cards of its
 * network's authentication: 1005 passes without a challenge, 1096 asks for one, 1070 times out.
 */
const DOJO: readonly TestCard[] = [
  dojo('4456530000001096', 'challenge_always'),
  dojo('4456530000000007', 'challenge_required_version_1'),
  row('4456530000001013', [], 'approves', { country: 'GB', threeDSecureSupported: false }),
  dojo('4456530000001005', 'challenge_frictionless'),
  dojo('4456530000001070', 'authentication_times_out'),
  dojo('5200000000001096', 'challenge_always'),
  dojo('5200000000001005', 'challenge_frictionless'),
  dojo('5200000000001070', 'authentication_times_out'),
  dojo('4976000000003436', 'approves'),
  dojo('4111111111111111', 'challenge_always'),
  row('5555555555555599', [], 'approves', { country: 'GB', threeDSecureSupported: false }),
];

/** The numbers that are published for tests, and how our simulator answers to each. */
export const TEST_CARDS: readonly TestCard[] = [
  ...BY_BRAND,
  ...BY_COUNTRY,
  ...DECLINED,
  ...CHALLENGED,
  ...RISKY,
  ...LATER,
  ...DOJO,
];

const BY_NUMBER: ReadonlyMap<string, TestCard> = new Map(
  TEST_CARDS.map((card) => [card.number, card]),
);

const BY_NAME: ReadonlyMap<string, TestCard> = new Map(
  TEST_CARDS.flatMap((card) => card.names.map((name) => [name, card] as const)),
);

/** The test card with this number (digits alone), or null. */
export function testCardOf(number: string): TestCard | null {
  return BY_NUMBER.get(number) ?? null;
}

/** The test card behind a `pm_card_…` or `tok_…` name, or null. */
export function testCardNamed(token: string): TestCard | null {
  const name = /^(?:pm_card|tok)_(.+)$/.exec(token)?.[1];
  return name === undefined ? null : (BY_NAME.get(name) ?? null);
}

function row(
  number: string,
  names: readonly string[],
  behaviour: BehaviourName = 'approves',
  particulars: Particulars = {},
): TestCard {
  const brand = brandOf(number);
  return {
    number,
    names,
    behaviour,
    brand: brand.name,
    country: brand.country,
    funding: 'credit',
    networks: [brand.name],
    threeDSecureSupported: true,
    ...particulars,
  };
}

function dojo(number: string, behaviour: BehaviourName): TestCard {
  return row(number, [], behaviour, { country: 'GB' });
}

function from(country: string, number: string, name = country.toLowerCase()): TestCard {
  return row(number, [name], 'approves', { country });
}

/** Documentation writes some of these with the brand and some without, so both are names. */
function declined(number: string, reason: string, behaviour: BehaviourName): TestCard {
  return row(number, [`visa_chargeDeclined${reason}`, `chargeDeclined${reason}`], behaviour);
}
