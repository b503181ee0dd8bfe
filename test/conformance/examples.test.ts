import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PaymentRequestIntent } from '@code-wallet/intents';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { until } from '../support/sink.js';
import { shop } from './code/shop.js';

/** Runs the examples as they are, against a server and a wallet. */

const made = shop();
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});

async function start(path: string): Promise<string> {
  const port = await freePort();
  const program = fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));
  const env = { ...process.env, PORT: String(port), CODE_ENDPOINT: made.endpoint };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  const url = `http://127.0.0.1:${port}`;
  expect(String(line)).toBe(`Listening on ${url}\n`);
  return url;
}

test('payment-verification believes what is signed, and nothing else', {
  timeout: 60_000,
}, async () => {
  const url = await start('payment-verification/server.js');
  const post = (path: string, body = '') => fetch(`${url}${path}`, { method: 'POST', body });
  const verified = async (id: string) => (await fetch(`${url}/verify/${id}`)).json();
  const { id, clientSecret } = (await (await post('/create-intent')).json()) as {
    id: string;
    clientSecret: string;
  };
  expect(await verified(id)).toEqual({ state: 'open', status: 'pending' });
  expect(await verified('nothing')).toEqual({ state: 'unknown' });
  const forged = await post('/webhook', 'eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6IlNVQk1JVFRFRCJ9.');
  expect(forged.status).toBe(400);
  expect(await verified(id)).toEqual({ state: 'open', status: 'pending' });

  const request = new PaymentRequestIntent({
    mode: 'payment',
    destination: 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR',
    amount: 0.25,
    currency: 'usd',
    clientSecret,
  } as never);
  expect(await (await made.wallet()).pay(request)).toBeNull();
  await until(async () => ((await verified(id)) as { state: string }).state === 'paid');
  expect(await verified(id)).toEqual({ state: 'paid', status: 'confirmed' });
});
