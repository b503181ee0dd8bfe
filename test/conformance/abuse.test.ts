import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { statusRequest } from '../../sdk/code/calls.js';
import { isFault, readConfig } from '../../src/config.js';
import { makeCertificate } from '../../src/lan-certificate.js';
import { startTender, type Tender } from '../../src/main.js';
import { type Random, seededRandom } from '../crash/random.js';

/**
 * Connections that break in all ways and at all moments, on the whole server. An error that nobody
 * handles would end a real one; here it is counted.
 */

const SEED = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 31);
const TIMES = 25;
const KEY = Buffer.alloc(32, 7);
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

const random: Random = seededRandom(SEED);
const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
const logged: string[] = [];

interface Place {
  readonly tender: Tender;
  readonly port: number;
  /** A connection that speaks HTTP/1.1, or says nothing yet. */
  open(protocol?: 'h2' | 'http/1.1'): Socket;
}

let folder: string;
const places: { plain?: Place; tls?: Place } = {};

async function start(name: string, env: Record<string, string>): Promise<Place> {
  const config = readConfig(
    { TENDER_DATA: join(folder, name), PORT: '0', TENDER_WALLET_PORT: 'off', ...env },
    {},
  );
  if (isFault(config)) throw new Error(JSON.stringify(config));
  const logOutput = { write: (line: string) => void logged.push(line) };
  const tender = await startTender(config, { logOutput });
  const port = Number(new URL(tender.boundUrl).port);
  const at = { port, host: '127.0.0.1' };
  const open: Place['open'] = (protocol = 'http/1.1') => {
    const socket =
      env.TENDER_TLS_CERT === undefined
        ? connect(at)
        : connectTls({ ...at, rejectUnauthorized: false, ALPNProtocols: [protocol] });
    return socket.on('error', () => {});
  };
  return { tender, port, open };
}

beforeAll(async () => {
  console.log(`TENDER_SEED=${SEED} repeats these choices`);
  process.on('uncaughtExceptionMonitor', note);
  process.on('unhandledRejection', note);
  folder = mkdtempSync(join(tmpdir(), 'tender-abuse-'));
  const { cert, key } = makeCertificate(['127.0.0.1'], Date.now());
  writeFileSync(join(folder, 'cert.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key);
  places.plain = await start('plain', {});
  places.tls = await start('tls', {
    TENDER_TLS_CERT: join(folder, 'cert.pem'),
    TENDER_TLS_KEY: join(folder, 'key.pem'),
  });
});

afterAll(async () => {
  await places.plain?.tender.stop();
  await places.tls?.tender.stop();
  process.off('uncaughtExceptionMonitor', note);
  process.off('unhandledRejection', note);
  rmSync(folder, { recursive: true, force: true });
});

/** A moment: what the other side does meanwhile is left to chance. */
const moment = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, random.between(0, 4)));

/** Ends a connection as a process does that dies: the other side reads a reset. */
function reset(socket: Socket): void {
  if ('resetAndDestroy' in socket && !('encrypted' in socket)) socket.resetAndDestroy();
  else socket.destroy();
}

/** Sends these bytes in pieces that chance chooses, and breaks off among them or at their end. */
async function breakOff(socket: Socket, bytes: Buffer): Promise<void> {
  const end = random.between(0, 1) === 0 ? bytes.length : random.between(0, bytes.length);
  for (let at = 0; at < end; ) {
    const next = Math.min(end, at + random.between(1, bytes.length));
    socket.write(bytes.subarray(at, next));
    at = next;
    if (random.between(0, 2) === 0) await moment();
  }
  await moment();
  reset(socket);
}

const upgrade = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n` +
  `${more}\r\n`;

/** A masked frame of a client's; the mask is zero, so that the bytes stay readable. */
function frame(opcode: number, payload: Uint8Array, length = payload.length): Buffer {
  const head = Buffer.from([0x80 | opcode, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** A call in the envelope that the Code dialect speaks everywhere; each field is short. */
function envelope(service: string, method: string, body: Uint8Array): Buffer {
  const field = (number: number, bytes: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
  return Buffer.concat([
    field(2, Buffer.from(service)),
    field(3, Buffer.from(method)),
    field(4, body),
  ]);
}

/** `OpenMessageStreamRequest` of a rendezvous, unsigned. */
const STREAM = Buffer.concat([Buffer.from([0x0a, 34, 0x0a, 32]), KEY]);
const listen = envelope('Messaging', 'openMessageStream', STREAM);
const status = envelope('MicroPayment', 'getStatus', statusRequest('1'.repeat(32)));

/** What WebSocket clients send that break, lie, or go away. */
const FRAMES: Readonly<Record<string, readonly Buffer[]>> = {
  'a stream': [frame(2, listen)],
  'a call': [frame(2, status)],
  'calls one after the other': Array.from({ length: 20 }, () => frame(2, status)),
  'a stream and more on it': [frame(2, listen), frame(2, listen), frame(2, status)],
  'a submission without an end': [frame(2, envelope('Transaction', 'submitIntent', KEY))],
  'half a frame': [frame(2, listen).subarray(0, 20)],
  'a frame longer than any': [frame(2, listen, 2 ** 40)],
  text: [frame(1, Buffer.from('hello'))],
  'text that is none': [frame(1, Buffer.from([0xff, 0xfe]))],
  'a reserved opcode': [frame(3, KEY)],
  'a frame without a mask': [Buffer.from([0x82, 1, 0])],
  'a close code that is none': [frame(8, Buffer.from([0, 1]))],
  'a close and then more': [frame(8, Buffer.from([3, 232])), frame(2, listen)],
  'a flood of pings': Array.from({ length: 500 }, () => frame(9, KEY)),
  'a ping that is too long': [frame(9, Buffer.alloc(126))],
  'no envelope': [frame(2, Buffer.alloc(100, 0xff))],
};

/** Frames of HTTP/2, raw. */
function h2(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const SETTINGS = h2(4, 0, 0, Buffer.alloc(0));
/** `GET / http` in the static table, and the authority 127.0.0.1. */
const GET = Buffer.concat([Buffer.from([0x82, 0x84, 0x86, 0x41, 9]), Buffer.from('127.0.0.1')]);
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const times = (count: number, make: (i: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));

const HTTP2: Readonly<Record<string, Buffer>> = {
  'nothing more': Buffer.alloc(0),
  'a request': h2(1, 5, 1, GET),
  'a request without its end': h2(1, 4, 1, GET),
  'GOAWAY in a request': Buffer.concat([h2(1, 4, 1, GET), h2(7, 0, 0, Buffer.alloc(8))]),
  'a flood of PING': times(5_000, () => h2(6, 0, 0, Buffer.alloc(8))),
  'a flood of SETTINGS': times(5_000, () => SETTINGS),
  'rapid resets': times(500, (i) =>
    Buffer.concat([h2(1, 5, 2 * i + 1, GET), h2(3, 0, 2 * i + 1, u32(i % 14))]),
  ),
  'a window that overflows': Buffer.concat([
    h2(1, 4, 1, GET),
    h2(8, 0, 1, u32(0x7fffffff)),
    h2(8, 0, 0, u32(0x7fffffff)),
  ]),
  'DATA on no stream': h2(0, 0, 0, KEY),
  'DATA on a stream that is not open': h2(0, 0, 7, KEY),
  'headers that are none': h2(1, 5, 1, Buffer.alloc(20, 0xff)),
  'headers without a path': h2(1, 5, 1, Buffer.from([0x82, 0x86])),
  CONNECT: h2(1, 5, 1, Buffer.from([0x42, 7, ...Buffer.from('CONNECT'), ...GET.subarray(3)])),
  'a frame longer than allowed': h2(0, 0, 1, Buffer.alloc(20_000)),
  'a frame of an unknown kind': h2(0xfe, 0, 1, KEY),
};

const BODY = 'POST /v1/api/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n';
const CHUNKED = BODY.replace('Content-Length: 1000', 'Transfer-Encoding: chunked');
const GRPC_WEB =
  'POST /code.messaging.v1.Messaging/OpenMessageStream HTTP/1.1\r\nHost: 127.0.0.1\r\n' +
  'Content-Type: application/grpc-web+proto\r\nContent-Length: 41\r\n\r\n' +
  `\0\0\0\0${String.fromCharCode(STREAM.length)}${STREAM.toString('latin1')}`;
const HTTP1: Readonly<Record<string, string>> = {
  'half a body': `${BODY}abc`,
  'a body in broken chunks': `${CHUNKED}5\r\nabc\r\nzz\r\n`,
  garbage: '\0\x01\x02 \r\n\r\n',
  'requests one after the other': 'GET /v1/getStatus HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(
    50,
  ),
  'a stream by POST': GRPC_WEB,
  'an upgrade to nothing known': upgrade('/', '').replace('websocket', 'wonder'),
  'an upgrade without a key': upgrade('/').replace(/Sec-WebSocket-Key.*\r\n/, ''),
  'an upgrade with POST': upgrade('/').replace('GET', 'POST'),
  'an upgrade for a stranger': upgrade('/').replace('Host: 127.0.0.1', 'Host: evil.example'),
  'upgrades one after the other': upgrade('/').replace('websocket', 'h2c').repeat(20),
  'a preface that is none': 'PRI * HTTP/1.1\r\n\r\n',
  P: 'P',
};

describe.each(['plain', 'tls'] as const)(
  'over %s connections, the server lives on after',
  (kind) => {
    const place = (): Place => places[kind] as Place;

    /** After all of it: the server answers, over each protocol, and nothing went unhandled. */
    afterEach(async () => {
      const { tender, open } = place();
      const session = connectHttp2(tender.boundUrl, { rejectUnauthorized: false });
      const stream = session.request({ ':path': '/healthz' });
      const code = await new Promise((resolve, reject) => {
        stream.on('response', (answer) => resolve(answer[':status']));
        for (const each of [stream, session]) each.on('error', reject);
      });
      session.destroy();
      expect(code).toBe(200);
      const socket = open();
      socket.write(`${upgrade('/')}`);
      const text = await new Promise<string>((resolve) => {
        socket.once('data', (chunk) => resolve(String(chunk)));
      });
      socket.destroy();
      expect(text).toMatch(/^HTTP\/1\.1 101 /);
      expect(unhandled).toEqual([]);
      expect(logged).toEqual([]);
    });

    test.each(Object.entries(FRAMES))('WebSockets with %s', async (_, frames) => {
      const whole = Buffer.concat([Buffer.from(upgrade('/')), ...frames]);
      await Promise.all(Array.from({ length: TIMES }, () => breakOff(place().open(), whole)));
      // Some get as far as the end, and see what comes of it.
      const socket = place().open();
      socket.write(whole);
      await new Promise((resolve) => socket.once('data', resolve));
      await moment();
      reset(socket);
    });

    test.each(Object.entries(HTTP2))('HTTP/2 with %s', async (_, bytes) => {
      const whole = Buffer.concat([PREFACE, SETTINGS, bytes]);
      await Promise.all(Array.from({ length: TIMES }, () => breakOff(place().open('h2'), whole)));
      const socket = place().open('h2');
      socket.write(whole);
      await new Promise((resolve) => socket.once('data', resolve));
      await moment();
      reset(socket);
    });

    test.each(Object.entries(HTTP1))('HTTP/1.1 with %s', async (_, text) => {
      const bytes = Buffer.from(text, 'latin1');
      await Promise.all(Array.from({ length: TIMES }, () => breakOff(place().open(), bytes)));
    });

    test('streams of gRPC that are reset and left', async () => {
      const { tender } = place();
      const path = '/code.messaging.v1.Messaging/OpenMessageStream';
      const body = Buffer.concat([Buffer.from([0, 0, 0, 0, STREAM.length]), STREAM]);
      for (let i = 0; i < TIMES; i += 1) {
        const session = connectHttp2(tender.boundUrl, { rejectUnauthorized: false });
        session.on('error', () => {});
        for (let code = 0; code < 14; code += 1) {
          const stream = session.request({
            ':method': 'POST',
            ':path': path,
            'content-type': 'application/grpc+proto',
            te: 'trailers',
          });
          stream.on('error', () => {});
          stream.resume();
          stream.write(random.between(0, 3) === 0 ? body.subarray(0, 9) : body);
          if (random.between(0, 1) === 0) stream.end();
          void moment().then(() => stream.close(code));
        }
        await moment();
        if (random.between(0, 1) === 0) session.goaway(random.between(0, 13));
        session.destroy();
      }
    });

    test('TLS that does not begin or speaks of another protocol', async () => {
      const { port } = place();
      for (const bytes of [Buffer.from('160301', 'hex'), PREFACE, Buffer.alloc(600, 0x16)])
        for (let i = 0; i < TIMES; i += 1)
          await breakOff(
            connect(port, '127.0.0.1').on('error', () => {}),
            bytes,
          );
    });
  },
);
