import { isIP } from 'node:net';
import fc from 'fast-check';
import { cookieOf } from '../../src/api/admin/cookie.js';
import { parseAuthorization } from '../../src/api/auth.js';
import { encodingFor } from '../../src/api/built-assets.js';
import { makeClientAddress } from '../../src/api/client-address.js';
import { readDomain } from '../../src/api/code/domains.js';
import { makeWebhookUrlCheck } from '../../src/api/code/webhooks/urls.js';
import { readExpiry } from '../../src/api/dojo/gateway/expiry.js';
import { spanSeconds } from '../../src/api/dojo/schema/timespan.js';
import { type FormMap, type FormValue, parseForm } from '../../src/api/stripe/form.js';
import { parseQuery } from '../../src/api/stripe/search/parse.js';
import { CsvFault, readCsv } from '../../src/cli/csv-read.js';
import { noFindings, planOf, takeValue } from '../../src/cli/import-plan.js';
import { countryOf } from '../../src/domain/checkout-methods.js';
import { isEmail } from '../../src/domain/mail.js';
import { parseDecimal } from '../../src/domain/money.js';
import { parsePredicate } from '../../src/domain/rules-parse.js';
import { addressKind } from '../../src/engine/addresses.js';
import { urlFault } from '../../src/engine/sender.js';
import { LIMITS } from '../../src/limits.js';
import { scrubText } from '../../src/logger.js';
import { nearly, ODD_TEXTS, wordsOf } from './mutations.js';
import { demandCleanPrototypes, demandOwn, slowTarget, type Target, target } from './target.js';

const NAMES = ['amount', 'a', 'metadata', '__proto__', 'constructor', 'card', '0', 'é', 'x y'];

/** A tree as a client means it: `FormMap` without a prototype, as the parser makes them. */
const formTree = fc.letrec<{ map: FormMap; value: FormValue }>((tie) => ({
  map: fc
    .dictionary(fc.constantFrom(...NAMES), tie('value'), { minKeys: 1, maxKeys: 3 })
    .map((fields) => Object.assign(Object.create(null), fields)),
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(...ODD_TEXTS.filter((text) => !/[\0\p{Surrogate}]/u.test(text))),
    ),
    tie('map'),
    fc.array(fc.string({ maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  ),
})).map;

/** The form of a tree, as the official clients write it. */
function formOf(value: FormValue, at: string): string[] {
  if (typeof value === 'string') return [`${at}=${encodeURIComponent(value.replaceAll('\0', ''))}`];
  if (Array.isArray(value)) return value.flatMap((each) => formOf(each, `${at}[]`));
  return Object.entries(value).flatMap(([name, each]) =>
    formOf(each, at === '' ? encodeURIComponent(name) : `${at}[${encodeURIComponent(name)}]`),
  );
}

const QUERY_WORDS = [
  ...['status', 'amount', 'metadata["a"]', "metadata['b']", 'created', 'customer', ':', '~', '>'],
  ...[
    '<',
    '>=',
    '<=',
    '-',
    'AND',
    'OR',
    'null',
    '"x"',
    "'it\\'s'",
    '12',
    '1.5',
    '[',
    ']',
    '"',
    '\\',
  ],
];
const RULE_WORDS = [
  ...[':amount:', ':card_country:', ':risk_level:', '::metadata[a b]::', '=', '!=', '<', '<=', '>'],
  ...['>=', 'in', '(', ')', ',', 'and', 'or', 'not', "'GB'", '"US"', '1000', ':amount_24h:', "'"],
];
const CSV_WORDS = [
  'id',
  'a,b',
  '"x"',
  '"a""b"',
  '"two\nlines"',
  ',',
  '\r\n',
  '\n',
  '\r',
  '"',
  '=1',
];

/** A cell as the standard has it. */
const cellOf = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const cells = fc.array(fc.array(fc.string({ unit: 'binary', maxLength: 8 }), { minLength: 2 }), {
  minLength: 1,
  maxLength: 3,
});

const HOSTS = [
  ...[
    '127.0.0.1',
    '0x7f.1',
    '2130706433',
    '[::1]',
    '[::ffff:10.0.0.1]',
    'localhost',
    'x.localhost',
  ],
  ...['169.254.169.254', '[fd00::1]', '[64:ff9b::a00:1]', '[2002:7f00:1::]', 'shop.example', '0'],
  ...['shop.example.', '①②⑦.0.0.1', '127。0。0。1', 'xn--a', '[::]', '100.64.0.1', '93.184.216.34'],
];
const url = fc
  .record({
    scheme: fc.constantFrom('https://', 'http://', 'HTTPS://', 'ftp://', '//', 'javascript:', ''),
    user: fc.constantFrom('', '', '', 'a@', 'a:b@', '@'),
    host: fc.constantFrom(...HOSTS),
    port: fc.constantFrom('', '', ':443', ':80', ':0', ':99999', ':'),
    path: fc.constantFrom('', '/', '/hook?x=1#y', '/\\..', '/%00'),
  })
  .map(({ scheme, user, host, port, path }) => scheme + user + host + port + path);

/** Reaches nothing but the internet. */
const STRICT = { allowLoopback: false, allowPrivate: false };
const urlCheck = makeWebhookUrlCheck(
  { mode: 'sandbox', addresses: STRICT, limits: LIMITS.code },
  // Names are nobody's: the guard's own rules are what is tried here.
  (_, __, done) => done(null, [{ address: '93.184.216.34', family: 4 }]),
);

/** A URL that may be called names no address of ours, however it is spelt. */
function demandPublic(text: string): void {
  const { hostname } = new URL(text);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && addressKind(host) !== 'public')
    throw new Error(`${text} was let through`);
}

const clientAddress = makeClientAddress(['10.0.0.0/8', '::1']) ?? (() => '');
const hop = fc.constantFrom('10.0.0.1', '1.2.3.4:80', '[::1]:443', '::1', 'unknown', '_x', '');

const CHARGE = {
  ...{
    id: 'ch_1aaaaaaaaaaa',
    object: 'charge',
    amount: 1000,
    amount_captured: 1000,
    created: 1.7e9,
  },
  ...{ amount_refunded: 0, captured: true, currency: 'usd', payment_intent: 'pi_1aaaaaaaaaaa' },
  ...{ status: 'succeeded', payment_method_details: { type: 'card', card: { last4: '4242' } } },
};
const exported = fc.dictionary(
  fc.constantFrom(...Object.keys(CHARGE), 'refunds', 'metadata', 'billing_details', 'customer'),
  fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...ODD_TEXTS)),
  { maxKeys: 4 },
);

const withCookie = (cookie: string) => ({ headers: { cookie } }) as never;

/** Readers of text. */
export const TEXT_TARGETS: readonly Target[] = [
  target(
    'forms, near to right',
    nearly(formTree.map((tree) => formOf(tree, '').join('&'))),
    (text) => {
      const parsed = parseForm(text);
      if (parsed.ok && Object.getPrototypeOf(parsed.tree) !== null) return false;
      if (!parsed.ok && parsed.error.message === '') return false;
      return demandCleanPrototypes();
    },
  ),
  target('forms, there and back', formTree, (tree) => {
    const parsed = parseForm(formOf(tree, '').join('&'));
    return parsed.ok && JSON.stringify(parsed.tree) === JSON.stringify(tree);
  }),
  target('search queries', nearly(wordsOf(QUERY_WORDS, 12)), (text) => {
    const read = parseQuery(text);
    return 'tree' in read ? read.tree.clauses.length > 0 : read.fault !== '';
  }),
  target('rules', nearly(wordsOf(RULE_WORDS, 14)), (text) => {
    const read = parsePredicate(text);
    if ('fault' in read) return /^The predicate .*\.$/s.test(read.fault);
    // What is kept is data, and comes back from a row as it was.
    return JSON.stringify(JSON.parse(JSON.stringify(read.predicate))) !== '{}';
  }),
  target('CSV, near to right', nearly(wordsOf(CSV_WORDS, 16)), (text) => {
    try {
      let last = 0;
      for (const { line } of readCsv(text)) {
        if (line < last) return false;
        last = line;
      }
    } catch (error) {
      demandOwn(error, CsvFault);
    }
    return true;
  }),
  target('CSV, there and back', cells, (rows) => {
    const text = rows.map((row) => row.map(cellOf).join(',')).join('\r\n');
    const read = [...readCsv(text)].map((record) => record.cells);
    return JSON.stringify(read) === JSON.stringify(rows);
  }),
  target('imported objects', exported, (changes) => {
    const into = noFindings();
    takeValue(into, { data: [{ ...CHARGE, ...changes }] }, 'export.json');
    planOf(into);
    return demandCleanPrototypes();
  }),
  target('cookies', nearly(wordsOf(['tender_session=', 'a=b', ';', 'x'.repeat(32)], 8)), (text) => {
    const secret = cookieOf(withCookie(text), 'http://localhost');
    return secret === null || /^\w{16,64}$/.test(secret);
  }),
  target(
    'Authorization headers',
    nearly(wordsOf(['Bearer', 'basic', 'c2tfdGVzdF94Og==', 'sk_test_x', ':', '='], 6)),
    (text) => {
      const key = parseAuthorization(text);
      return key === null || typeof key === 'string';
    },
  ),
  target(
    'Accept-Encoding',
    nearly(wordsOf(['br', 'gzip', ';', 'q=0', ',', 'q=0.5', '*'], 8)),
    (text) => ['br', 'gzip', 'identity'].includes(encodingFor(text)),
  ),
  target(
    'Accept-Language',
    nearly(wordsOf(['en-GB', 'de', ',', ';q=0.8', 'zh-Hant-TW'], 8)),
    (text) =>
      /^[A-Z]{2}$/.test(countryOf({ billing: null, chosen: null, languages: text, account: 'GB' })),
  ),
  target('X-Forwarded-For', nearly(fc.array(hop).map((hops) => hops.join(', '))), (text) => {
    const address = clientAddress('10.0.0.9', { 'x-forwarded-for': text });
    return isIP(address) !== 0;
  }),
  target('URLs of webhooks', nearly(url), (text) => {
    if (urlFault(text, STRICT) === null) demandPublic(text);
  }),
  slowTarget('URLs of webhooks of Code', nearly(url), async (text) => {
    if ((await urlCheck(text, 'v2')) !== null) return;
    demandPublic(/^https?:/i.test(text) ? text : `http://${text}`);
  }),
  target('domains', nearly(fc.constantFrom(...HOSTS)), (text) => void readDomain(text)),
  target(
    'decimals',
    nearly(fc.constantFrom('0', '12.34', '-1.005', '1e3', '99999999.99')),
    (text) => void parseDecimal(text, 'usd'),
  ),
  target(
    'dates of cards',
    nearly(fc.constantFrom('12 / 30', '2030-12', '1230', '12/2030')),
    (text) => {
      const expiry = readExpiry(text);
      return expiry === null || Object.values(expiry).every(Number.isSafeInteger);
    },
  ),
  target(
    'spans of time',
    nearly(fc.constantFrom('1.00:00:00', '23:59:59.5', '00:00:01')),
    (text) => {
      const seconds = spanSeconds(text);
      return seconds === null || Number.isSafeInteger(seconds);
    },
  ),
  target(
    'addresses of e-mail',
    nearly(fc.constantFrom('a@b.example', 'ü.x+y@shop.example')),
    (text) => !isEmail(text) || !/[\r\n\0\s]/.test(text),
  ),
  target(
    'lines of the log',
    nearly(wordsOf(['Bearer abc', 'whsec_', 'http://u:p@x', '4242424242424242', 'x_secret_y'], 6)),
    (text) => !scrubText(`${text} sk_live_4242abc ${text}`).includes('sk_live_4242abc'),
  ),
];
