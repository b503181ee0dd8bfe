import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate that its own key has signed, and that key, as PEM texts. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

/** Phones refuse certificates that are good for more than 825 days, and some for more than 398. */
const VALID_DAYS = 397;

/** Yesterday: a phone's clock may be behind this machine's. */
const EARLY_DAYS = 1;

/** What is about to end is made anew, so that it does not end while a server runs. */
const RENEW_DAYS = 30;

/** The tags of DER that a certificate is made of (X.690). */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8: 0x0c,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The contents of object identifiers, already encoded. */
const OID = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
  subjectAltName: '551d11',
} as const;

/**
 * Makes a certificate for servers (RFC 5280): an ECDSA key on P-256, signed by itself.
 * @param names host names and IP addresses that it is for, at least one
 * @param nowMs Unix ms; it is valid from a day before
 */
export function makeCertificate(names: readonly string[], nowMs: number): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(TAG.sequence, objectId(OID.ecdsaWithSha256));
  const name = der(
    TAG.sequence,
    der(
      TAG.set,
      der(
        TAG.sequence,
        objectId(OID.commonName),
        der(TAG.utf8, Buffer.from('Tender on this network')),
      ),
    ),
  );
  const validity = der(
    TAG.sequence,
    time(nowMs - EARLY_DAYS * DAY_MS),
    time(nowMs + (VALID_DAYS - EARLY_DAYS) * DAY_MS),
  );
  const body = der(
    TAG.sequence,
    // Version 3, which extensions need.
    der(0xa0, der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, serialNumber()),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(TAG.sequence, ...extensions(names))),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = der(TAG.sequence, body, algorithm, bitString(0, signature));
  return {
    cert: pem('CERTIFICATE', whole),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** Whether a certificate (PEM) can be read, is for all these names, and good for a month yet. */
export function stillServes(cert: string, names: readonly string[], nowMs: number): boolean {
  try {
    const certificate = new X509Certificate(cert);
    const from = Date.parse(certificate.validFrom);
    const to = Date.parse(certificate.validTo);
    if (!(from <= nowMs && to >= nowMs + RENEW_DAYS * DAY_MS)) return false;
    return names.every((name) =>
      isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name),
    );
  } catch {
    return false;
  }
}

/** It may not sign other certificates: whoever trusts it trusts this server alone. */
function extensions(names: readonly string[]): Buffer[] {
  const critical = der(TAG.boolean, Buffer.of(0xff));
  const extension = (id: string, value: Buffer, ...flags: Buffer[]): Buffer =>
    der(TAG.sequence, objectId(id), ...flags, der(TAG.octetString, value));
  const digitalSignature = bitString(7, Buffer.of(0x80));
  return [
    extension(OID.basicConstraints, der(TAG.sequence), critical),
    extension(OID.keyUsage, digitalSignature, critical),
    extension(OID.extendedKeyUsage, der(TAG.sequence, objectId(OID.serverAuth))),
    extension(OID.subjectAltName, der(TAG.sequence, ...names.map(generalName))),
  ];
}

/** A name as `subjectAltName` has it: `dNSName` is tagged 2, `iPAddress` 7. */
function generalName(name: string): Buffer {
  const family = isIP(name);
  if (family === 0) return der(0x82, Buffer.from(name, 'ascii'));
  return der(0x87, family === 4 ? Buffer.from(name.split('.').map(Number)) : ipv6Bytes(name));
}

function ipv6Bytes(address: string): Buffer {
  // The URL parser writes an address out in its shortest hexadecimal form.
  const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail = ''] = shortest.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** Positive, not zero, and with its highest bit clear, so that it needs no leading byte. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** RFC 5280 wants UTCTime up to 2049, which has two digits of the year. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  const isUtcTime = Number(digits.slice(0, 4)) < 2050;
  return isUtcTime
    ? der(0x17, Buffer.from(digits.slice(2), 'ascii'))
    : der(TAG.generalizedTime, Buffer.from(digits, 'ascii'));
}

function objectId(content: string): Buffer {
  return der(TAG.objectId, Buffer.from(content, 'hex'));
}

/** @param unused how many of the last bits do not count */
function bitString(unused: number, content: Buffer): Buffer {
  return der(TAG.bitString, Buffer.of(unused), content);
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, content]);
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
