import type { WireObject } from './view.js';

const TRANSFERS: Readonly<Record<string, string>> = {
  eur: 'eu_bank_transfer',
  gbp: 'gb_bank_transfer',
  jpy: 'jp_bank_transfer',
  mxn: 'mx_bank_transfer',
  usd: 'us_bank_transfer',
};

/** How a currency's bank transfers are called. */
export function transferType(currency: string): string {
  return TRANSFERS[currency] ?? 'us_bank_transfer';
}

const ADDRESS = {
  city: 'South San Francisco',
  country: 'US',
  line1: '354 Oyster Point Blvd',
  line2: null,
  postal_code: '94080',
  state: 'CA',
};

const HOLDER = {
  account_holder_address: ADDRESS,
  account_holder_name: 'TENDER SANDBOX',
  bank_address: ADDRESS,
};

/** Where a transfer would go; no bank of a sandbox has such accounts. */
export function addressesFor(currency: string): WireObject[] {
  if (currency === 'eur') {
    const iban = { ...HOLDER, bic: 'SOGEDEFFXXX', country: 'DE', iban: 'DE89370400440532013000' };
    return [{ iban, supported_networks: ['sepa'], type: 'iban' }];
  }
  if (currency === 'gbp') {
    const sort = { ...HOLDER, account_number: '00012345', sort_code: '108800' };
    return [{ sort_code: sort, supported_networks: ['bacs', 'fps'], type: 'sort_code' }];
  }
  if (currency === 'jpy') {
    const bank = { bank_code: '0001', bank_name: 'TEST BANK', branch_code: '001' };
    const account = { account_number: '0001234', account_type: 'futsu', branch_name: 'TEST' };
    return [
      {
        supported_networks: ['zengin'],
        type: 'zengin',
        zengin: { ...HOLDER, ...bank, ...account },
      },
    ];
  }
  if (currency === 'mxn') {
    const bank = { bank_code: '002', bank_name: 'TEST BANK', clabe: '002180000118359719' };
    return [{ spei: { ...HOLDER, ...bank }, supported_networks: ['spei'], type: 'spei' }];
  }
  const aba = {
    ...HOLDER,
    account_number: '111222333444',
    account_type: 'checking',
    bank_name: 'US TEST BANK',
    routing_number: '110000000',
  };
  return [{ aba, supported_networks: ['ach', 'domestic_wire_us'], type: 'aba' }];
}
