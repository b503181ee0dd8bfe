import type { IncomingHttpHeaders } from 'node:http';
import type Stripe from 'stripe';
import { moment } from './moment.js';
import { eventRow } from './tail-rows.js';
import { type Paint, padded } from './terminal.js';

/** A webhook as it is shown: a line for a person, and the value for a program. */
export interface ShownWebhook {
  readonly line: string;
  /** An event, or of Code the claims of its token. */
  readonly event: unknown;
}

/** As wide as the types of the Stripe dialect. */
const TYPE_CHARS = 43;

/** Reads a webhook of any dialect, by how it is signed. */
export function shownWebhook(
  headers: IncomingHttpHeaders,
  body: Buffer,
  paint: Paint,
): ShownWebhook {
  const text = body.toString('utf8');
  if (headers['dojo-signature'] !== undefined) return dojoWebhook(JSON.parse(text), paint);
  if (headers['content-type'] === 'application/jwt') return codeWebhook(text, paint);
  const event = JSON.parse(text) as Stripe.Event;
  return { line: `${paint.quiet(moment(event.created))}  ${eventRow(event, paint)}`, event };
}

interface DojoEvent {
  readonly event: string;
  readonly createdAt: string;
  readonly data: { readonly paymentIntentId: string; readonly paymentStatus: string };
}

function dojoWebhook(event: DojoEvent, { quiet }: Paint): ShownWebhook {
  const { paymentIntentId, paymentStatus } = event.data;
  const type = padded(`dojo:${event.event}`, TYPE_CHARS);
  const at = moment(Date.parse(event.createdAt) / 1000);
  return { line: `${quiet(at)}  ${type}  ${quiet(paymentIntentId)}  ${paymentStatus}`, event };
}

interface CodeClaims {
  readonly intent?: string;
  readonly state?: string;
  readonly amount?: number;
  readonly currency?: string;
  readonly iat: number;
}

/** The claims are shown, not checked: whoever they are forwarded to does that. */
function codeWebhook(token: string, { quiet }: Paint): ShownWebhook {
  const [, payload = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as CodeClaims;
  const { intent = '', state = 'login', amount, currency = '', iat } = claims;
  const type = padded(`code:${state.toLowerCase()}`, TYPE_CHARS);
  const money = amount === undefined ? '' : `  ${amount} ${currency}`;
  return { line: `${quiet(moment(iat))}  ${type}  ${quiet(intent)}${money}`, event: claims };
}
