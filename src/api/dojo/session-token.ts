import { createHmac } from 'node:crypto';
import { isSameSecret } from '../../engine/same-secret.js';

/** What a token opens: one try to pay an intent or to save a card, or a customer's own cards. */
export interface Session {
  readonly account: string;
  /** The core's id of the intent, the setup or the customer. */
  readonly subject: string;
  /** How many tries had failed when it was issued: with the next one it is used up. */
  readonly tries: number;
  /** Wall time, Unix seconds. */
  readonly expiresAt: number;
}

/** Issues tokens and reads them back. They carry all that is to know: nothing is stored. */
export interface SessionTokens {
  /** 160 characters, as Dojo's have; the same for the same session. */
  issue(session: Session): string;
  /** null where it is not one of ours; whether it is over or used is the caller's to see. */
  read(token: string): Session | null;
}

/** As long as Dojo's live. */
const SESSION_SECONDS = 1800;

/** When a session ends that begins now; wall time, Unix seconds. */
export function sessionEnd(nowMs: number): number {
  return Math.floor(nowMs / 1000) + SESSION_SECONDS;
}

/** With the signature 120 bytes, which are 160 characters of base64 without padding. */
const CONTENT_BYTES = 88;
const MAC_BYTES = 32;
const HEAD_BYTES = 7;
const VERSION = 1;
const TRIES_MAX = 0xffff;

/**
 * `seed` is 32 bytes of the installation's own. The content is not secret (who holds the token has
 * the intent anyway), only signed.
 */
export function makeSessionTokens(seed: Buffer): SessionTokens {
  const mac = (content: Buffer): Buffer => createHmac('sha256', seed).update(content).digest();
  return {
    issue: ({ account, subject, tries, expiresAt }) => {
      const content = Buffer.alloc(CONTENT_BYTES);
      content.writeUInt8(VERSION, 0);
      content.writeUInt32BE(expiresAt, 1);
      content.writeUInt16BE(Math.min(tries, TRIES_MAX), 5);
      const names = Buffer.from(`${account} ${subject}`, 'ascii');
      if (names.length > CONTENT_BYTES - HEAD_BYTES) throw new Error('ids too long for a token');
      names.copy(content, HEAD_BYTES);
      return Buffer.concat([content, mac(content)]).toString('base64url');
    },
    read: (token) => {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length !== CONTENT_BYTES + MAC_BYTES) return null;
      if (bytes.toString('base64url') !== token) return null;
      const content = bytes.subarray(0, CONTENT_BYTES);
      if (!isSameSecret(mac(content), bytes.subarray(CONTENT_BYTES))) return null;
      if (content.readUInt8(0) !== VERSION) return null;
      const names = content.toString('ascii', HEAD_BYTES).replace(/\0+$/, '');
      const [account = '', subject = ''] = names.split(' ');
      return {
        account,
        subject,
        tries: content.readUInt16BE(5),
        expiresAt: content.readUInt32BE(1),
      };
    },
  };
}
