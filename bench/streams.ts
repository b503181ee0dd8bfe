import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { request } from 'undici';
import { WebSocket } from 'ws';
import { RequestSchema, ResponseSchema } from '../src/wire/code/proto/code/common/v1/common_pb.js';
import {
  MessageSchema,
  OpenMessageStreamRequestSchema,
  SendMessageRequestSchema,
} from '../src/wire/code/proto/code/messaging/v1/messaging_pb.js';

/** What open streams of messages cost, and how soon they tell. */
export interface StreamsFigure {
  readonly streams: number;
  /** Of the server's resident memory, for each open stream. */
  readonly bytesPerStream: number;
  readonly openedPerSecond: number;
  /** From sending a message, signed and durable, to its arrival at a listener. */
  readonly wake_p50_ms: number;
  readonly wake_p99_ms: number;
}

/** One address may have 2,000: these are all this machine's, as Linux sees its loopback. */
const ADDRESSES = 8;
/** Opened at a time: the server's backlog is 511. */
const WAVE = 100;
const WARM_UP = 500;
const WAKES = 1_000;

interface Rendezvous {
  readonly bytes: Buffer;
  readonly privateKey: KeyObject;
}

const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');

function rendezvous(name: string): Rendezvous {
  const seed = createHash('sha256').update(name).digest();
  const key = Buffer.concat([PKCS8_HEADER, seed]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { bytes: spki.subarray(-32), privateKey };
}

function envelope(method: string, body: Uint8Array): Uint8Array {
  const init = { service: 'Messaging', method, body };
  return toBinary(RequestSchema, create(RequestSchema, init));
}

interface OpenStream extends Rendezvous {
  readonly socket: WebSocket;
}

async function openStream(port: number, name: string, from: number): Promise<OpenStream> {
  const made = rendezvous(name);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, {
    perMessageDeflate: false,
    localAddress: `127.0.0.${1 + (from % ADDRESSES)}`,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const open = create(OpenMessageStreamRequestSchema, { rendezvousKey: { value: made.bytes } });
  socket.send(envelope('openMessageStream', toBinary(OpenMessageStreamRequestSchema, open)));
  return { ...made, socket };
}

async function openStreams(port: number, count: number, kind: string): Promise<OpenStream[]> {
  const all: OpenStream[] = [];
  while (all.length < count) {
    const wave = Math.min(WAVE, count - all.length);
    const names = Array.from({ length: wave }, (_, i) => `${kind} ${all.length + i}`);
    all.push(...(await Promise.all(names.map((name, i) => openStream(port, name, i)))));
  }
  return all;
}

/** Sends a message to a stream's rendezvous; answers in how many milliseconds it came out. */
async function wake(port: number, stream: OpenStream, second: number): Promise<number> {
  const kind = { case: 'codeScanned', value: { timestamp: { seconds: BigInt(second) } } } as const;
  const message = create(MessageSchema, { kind });
  const signature = sign(null, toBinary(MessageSchema, message), stream.privateKey);
  const body = create(SendMessageRequestSchema, {
    message,
    rendezvousKey: { value: stream.bytes },
    signature: { value: signature },
  });
  const bytes = envelope('sendMessage', toBinary(SendMessageRequestSchema, body));
  const startMs = performance.now();
  const arrived = new Promise<number>((resolve) =>
    stream.socket.once('message', () => resolve(performance.now() - startMs)),
  );
  const answer = await request(`http://127.0.0.1:${port}/v1/api`, { method: 'POST', body: bytes });
  const { message: fault } = fromBinary(ResponseSchema, await answer.body.bytes());
  if (fault !== '') throw new Error(fault);
  return arrived;
}

/** The resident memory of a process, in bytes; Linux says it. */
function residentBytes(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]) * 1024;
}

/** One message to each, so that every stream is known to listen when this ends. */
async function touch(port: number, streams: readonly OpenStream[]): Promise<void> {
  for (let at = 0; at < streams.length; at += WAVE)
    await Promise.all(streams.slice(at, at + WAVE).map((stream) => wake(port, stream, 1)));
}

/** Opens so many streams on a server of its own process and wakes some of them at random. */
export async function measureStreams(
  { port, pid }: { readonly port: number; readonly pid: number },
  count: number,
): Promise<StreamsFigure> {
  const early = await openStreams(port, WARM_UP, 'warm-up');
  await touch(port, early);
  const before = residentBytes(pid);
  const startMs = performance.now();
  const streams = await openStreams(port, count - WARM_UP, 'stream');
  const openedPerSecond = (streams.length * 1000) / (performance.now() - startMs);
  // A stream listens once its rendezvous was read: this one was asked for last.
  await touch(port, streams.slice(-WAVE));
  const bytesPerStream = (residentBytes(pid) - before) / streams.length;
  const times: number[] = [];
  for (let i = 0; i < WAKES; i++) {
    const stream = streams[(i * 7919) % streams.length] as OpenStream;
    times.push(await wake(port, stream, i + 2));
  }
  times.sort((a, b) => a - b);
  for (const { socket } of [...early, ...streams]) socket.terminate();
  return {
    streams: count,
    bytesPerStream,
    openedPerSecond,
    wake_p50_ms: times[Math.floor(times.length * 0.5)] ?? 0,
    wake_p99_ms: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}
