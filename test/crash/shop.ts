import { Agent, request } from 'node:http';
import type { Random } from './random.js';

/** A JSON object of the wire. */
// biome-ignore lint/suspicious/noExplicitAny: the test asserts on what it reads
export type Body = { [field: string]: any };

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly replayed: boolean;
}

/** A write and, once there is one, its answer. */
export interface Order {
  readonly key: string;
  readonly path: string;
  readonly form: string;
  answer: Answer | null;
}

/** One payment with all that was done to it, oldest first. */
export interface Sale {
  readonly name: string;
  readonly orders: Order[];
}

const DEADLINE_MS = 15_000;

/** The HTTP side of a shop: keep-alive connections to one server. Rejects when one breaks. */
export class Line {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 24 });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  send(method: string, path: string, form = '', key: string | null = null): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string> = { authorization: 'Bearer sk_test_crash' };
      if (key !== null) headers['idempotency-key'] = key;
      if (method === 'POST') {
        headers['content-type'] = 'application/x-www-form-urlencoded';
        headers['content-length'] = String(Buffer.byteLength(form));
      }
      const options = { host: '127.0.0.1', port: this.#port, method, path, headers };
      const outgoing = request({ ...options, agent: this.#agent }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk) => {
          text += chunk;
        });
        incoming.on('error', reject);
        // An answer that breaks off was not given.
        incoming.on('close', () => reject(new Error('the connection broke')));
        incoming.on('end', () => {
          if (!incoming.complete) return reject(new Error('the answer broke off'));
          const replayed = incoming.headers['idempotent-replayed'] === 'true';
          resolve({ status: incoming.statusCode ?? 0, text, replayed });
        });
      });
      outgoing.setTimeout(DEADLINE_MS, () => outgoing.destroy(new Error(`no answer to ${path}`)));
      outgoing.on('error', reject);
      outgoing.end(form);
    });
  }

  async read(path: string): Promise<Body> {
    const { status, text } = await this.send('GET', path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text);
  }

  close(): void {
    this.#agent.destroy();
  }
}

const INTENTS = '/v1/payment_intents';
const CARDS = ['pm_card_visa', 'pm_card_visa', 'pm_card_mastercard', 'pm_card_chargeDeclined'];

/** The first order of a sale: made and confirmed in one, paid at once or held. */
export function opening(name: string, random: Random): Order {
  const held = random.between(0, 2) === 0 ? '&capture_method=manual' : '';
  const form =
    `amount=${random.between(100, 9_999)}&currency=usd&payment_method_types[0]=card` +
    `&payment_method=${random.pick(CARDS)}&confirm=true&metadata[sale]=${name}${held}`;
  return { key: `${name}.0`, path: INTENTS, form, answer: null };
}

/** The next order of a sale, by what its intent is now; null where it is left alone. */
export function following(sale: Sale, random: Random): Order | null {
  const intent = intentOf(sale);
  if (intent === null || sale.orders.length > 3) return null;
  const key = `${sale.name}.${sale.orders.length}`;
  const order = (path: string, form: string): Order => ({ key, path, form, answer: null });
  const chance = random.between(0, 9);
  const path = `${INTENTS}/${intent.id}`;
  switch (intent.status) {
    case 'requires_payment_method':
      return chance < 7 ? order(`${path}/confirm`, 'payment_method=pm_card_visa') : null;
    case 'requires_capture': {
      if (chance < 3) return order(`${path}/cancel`, '');
      const part = random.between(1, intent.amount);
      return chance < 9 ? order(`${path}/capture`, `amount_to_capture=${part}`) : null;
    }
    case 'succeeded':
      // Some ask for more than is left, and are refused.
      if (chance > 4) return null;
      return order('/v1/refunds', `payment_intent=${intent.id}&amount=${random.between(1, 200)}`);
    default:
      return null;
  }
}

/** The intent as the last answer that holds one shows it. */
export function intentOf({ orders }: Sale): Body | null {
  for (const { answer } of orders.toReversed()) {
    if (answer === null) continue;
    const body: Body = JSON.parse(answer.text);
    const shown = body.object === 'payment_intent' ? body : body.error?.payment_intent;
    if (shown !== undefined) return shown;
  }
  return null;
}

/** The answered refunds of a sale. */
export function refundsOf({ orders }: Sale): Body[] {
  return orders
    .filter(({ path, answer }) => path === '/v1/refunds' && answer?.status === 200)
    .map(({ answer }) => JSON.parse(answer?.text ?? ''));
}
