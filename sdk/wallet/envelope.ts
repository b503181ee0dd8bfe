import {
  create,
  type DescMessage,
  type DescMethodBiDiStreaming,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import {
  RequestSchema,
  Response_Result,
  ResponseSchema,
} from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import { errorWords } from '../code/error-words.js';
import { WalletError } from './errors.js';

/** As much of a WebSocket as is needed here; browsers' own and that of `ws` are some. */
export interface SocketLike {
  binaryType: string;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(type: 'open' | 'error' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}
export type SocketConstructor = new (url: string) => SocketLike;

/** Calls to a Tender, over the one envelope that its Code dialect speaks everywhere. */
export interface Transport {
  /** One question, one answer. */
  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O>>;
  /** A conversation; whoever opens it closes it. */
  open<I extends DescMessage, O extends DescMessage>(
    method: DescMethodBiDiStreaming<I, O>,
  ): Promise<Conversation<I, O>>;
}

export interface Conversation<I extends DescMessage, O extends DescMessage> {
  send(message: MessageInitShape<I>): void;
  /** The next message; throws WalletError `unreachable` where none comes in time. */
  receive(): Promise<MessageShape<O>>;
  close(): void;
}

/** Where a Tender is, and how it is reached. */
export interface TransportOptions {
  /** Its origin: `https://pay.example.com`. */
  readonly url: string;
  /** How connections are opened; the browser's own unless told otherwise. */
  readonly WebSocket?: SocketConstructor;
  /** How requests are sent; the global `fetch` unless told otherwise. */
  readonly fetch?: typeof fetch;
}

/** Longer than the server takes for anything. */
const ANSWER_MS_MAX = 15_000;
const PATH = '/v1/api/';

/** A transport to the Tender at an origin. Throws WalletError `unreadable` where it is no URL. */
export function makeTransport(options: TransportOptions): Transport {
  if (!/^https?:\/\/./.test(options.url) || !URL.canParse(options.url)) {
    throw new WalletError('unreadable', `${options.url} is not the address of a server.`);
  }
  const url = new URL(PATH, options.url).href;
  // Looked up at each call: `fetch` minds who it is called on.
  const ask: typeof fetch = (input, init) => (options.fetch ?? fetch)(input, init);
  return {
    call: (method, request) => call(ask, url, method, request),
    open: (method) => open(options.WebSocket, url.replace(/^http/, 'ws'), method),
  };
}

type AnyMethod = DescMethodUnary | DescMethodBiDiStreaming;

/** The envelope of a call, around its encoded request. */
export function inEnvelope(method: AnyMethod, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const service = method.parent.typeName.split('.').at(-1) ?? '';
  const request = create(RequestSchema, { service, method: method.localName, body });
  return new Uint8Array(toBinary(RequestSchema, request));
}

/** The body of an answer; an error in it is thrown as WalletError. */
function unwrap<O extends DescMessage>(schema: O, bytes: Uint8Array): MessageShape<O> {
  const { result, body, message } = decoded(ResponseSchema, bytes);
  if (result === Response_Result.OK) return decoded(schema, body);
  throw errorOf(message);
}

function decoded<S extends DescMessage>(schema: S, bytes: Uint8Array): MessageShape<S> {
  try {
    return fromBinary(schema, bytes);
  } catch {
    throw new WalletError('protocol', 'The answer is not one of a Tender server.');
  }
}

/** Codes that leave open whether anything happened. */
const UNCERTAIN: ReadonlySet<string> = new Set(
  'aborted canceled deadline_exceeded internal unavailable unknown'.split(' '),
);

function errorOf(message: string): WalletError {
  const { code, text } = errorWords(message);
  if (UNCERTAIN.has(code)) {
    return new WalletError('unreachable', text || 'The server is busy. Try again.');
  }
  if (code === 'unimplemented') {
    return new WalletError('unavailable', text || 'The server does not offer this.');
  }
  return new WalletError('refused', text || `The server refused (${code || 'unknown'}).`);
}

async function call<I extends DescMessage, O extends DescMessage>(
  ask: typeof fetch,
  url: string,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
): Promise<MessageShape<O>> {
  const body = inEnvelope(method, toBinary(method.input, create(method.input, request)));
  let answer: ArrayBuffer;
  try {
    const response = await ask(url, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    answer = await response.arrayBuffer();
  } catch {
    throw unreachable(url);
  }
  return unwrap(method.output, new Uint8Array(answer));
}

function unreachable(url: string): WalletError {
  return new WalletError('unreachable', `${new URL(url).host} does not answer. Try again.`);
}

/** Opens a connection of its own: one connection is one call. */
function open<I extends DescMessage, O extends DescMessage>(
  given: SocketConstructor | undefined,
  url: string,
  method: DescMethodBiDiStreaming<I, O>,
): Promise<Conversation<I, O>> {
  const own = (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  const Socket = given ?? own;
  if (Socket === undefined) throw new RangeError('this program has no WebSocket: hand one over');
  const socket = new Socket(url);
  socket.binaryType = 'arraybuffer';
  const inbox = makeInbox<Uint8Array>(() => unreachable(url));
  socket.addEventListener('message', ({ data }) => {
    if (data instanceof ArrayBuffer) inbox.put(new Uint8Array(data));
  });
  socket.addEventListener('close', inbox.end);
  const conversation: Conversation<I, O> = {
    send: (message) =>
      socket.send(inEnvelope(method, toBinary(method.input, create(method.input, message)))),
    receive: async () => unwrap(method.output, await inbox.take()),
    close: () => socket.close(),
  };
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.close();
      reject(unreachable(url));
    }, ANSWER_MS_MAX);
    socket.addEventListener('open', () => {
      clearTimeout(late);
      resolve(conversation);
    });
    socket.addEventListener('error', () => {
      clearTimeout(late);
      inbox.end();
      reject(unreachable(url));
    });
  });
}

/** What has arrived and not been asked for, or been asked for and not arrived. */
function makeInbox<T>(missing: () => Error) {
  const waiting: T[] = [];
  let taker: { resolve(value: T): void; reject(error: Error): void } | null = null;
  let ended = false;
  return {
    put: (value: T): void => {
      if (taker === null) waiting.push(value);
      else taker.resolve(value);
    },
    end: (): void => {
      ended = true;
      taker?.reject(missing());
    },
    /** One caller at a time. */
    take: (): Promise<T> => {
      const next = waiting.shift();
      if (next !== undefined) return Promise.resolve(next);
      if (ended) return Promise.reject(missing());
      return new Promise<T>((resolve, reject) => {
        const settle = (how: () => void): void => {
          clearTimeout(late);
          taker = null;
          how();
        };
        const fail = (error: Error): void => settle(() => reject(error));
        const late = setTimeout(() => fail(missing()), ANSWER_MS_MAX);
        taker = { resolve: (value) => settle(() => resolve(value)), reject: fail };
      });
    },
  };
}
