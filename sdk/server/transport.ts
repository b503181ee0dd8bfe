import { TenderError } from './tender-error.js';

/** How the server is reached. */
export interface TenderOptions {
  /** Its origin, such as `http://127.0.0.1:4400`. */
  readonly baseUrl: string;
  /** A secret key. It does all within its account, so it stays on your server. */
  readonly key: string;
  /** How long one try may take; 40 s if absent, since `updates` waits for 25 s. */
  readonly timeout_ms?: number;
  /** How often a call is tried again; twice if absent. */
  readonly retries_max?: number;
  /** What sends; the platform's own if absent. */
  readonly fetch?: typeof fetch;
}

/** How a call that changes something is made. */
export interface ChangeOptions {
  /** Names the change: the same key again does nothing, for a day. New for each call if absent. */
  readonly idempotencyKey?: string;
}

/** Sends calls below `/admin/v1`. Each throws TenderError where it was not done. */
export interface Transport {
  get<T>(path: string, query?: object): Promise<T>;
  text(path: string, query?: object): Promise<string>;
  post<T>(path: string, body?: object, options?: ChangeOptions): Promise<T>;
  /** As `post`, for what has no idempotency key: it is tried once. */
  postOnce<T>(path: string, body: object): Promise<T>;
}

const TIMEOUT_MS = 40_000;
const RETRIES_MAX = 2;
/** The first pause before another try; each is twice the one before. */
const PAUSE_MS = 200;
/** The server or what stands before it is overloaded, starting or stopping. */
const PASSING = new Set([500, 502, 503, 504]);

/** Makes what sends calls. Throws RangeError for options that can never work. */
export function makeTransport(options: TenderOptions): Transport {
  const { key, timeout_ms = TIMEOUT_MS, retries_max = RETRIES_MAX } = options;
  const base = originOf(options.baseUrl);
  if (key === '') throw new RangeError('key is empty');
  const send = options.fetch ?? fetch;

  async function attempt(path: string, init: RequestInit): Promise<string> {
    const headers = { ...init.headers, authorization: `Bearer ${key}` };
    const signal = AbortSignal.timeout(timeout_ms);
    // A redirect would carry the key to where it leads.
    const request = { ...init, headers, signal, redirect: 'error' } as const;
    let answer: { readonly response: Response; readonly text: string };
    try {
      const response = await send(`${base}/admin/v1${path}`, request);
      answer = { response, text: await response.text() };
    } catch (error) {
      throw new TenderError('unreachable', `${base} did not answer`, null, error);
    }
    if (answer.response.ok) return answer.text;
    throw errorOf(answer.response.status, answer.text);
  }

  async function ask(path: string, init: RequestInit, retries = retries_max): Promise<string> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await attempt(path, init);
      } catch (error) {
        const { status } = error as TenderError;
        const mayPass = status === null || PASSING.has(status);
        if (!mayPass || tries >= retries) throw error;
      }
      // Not all at once: those who were refused together would be refused together again.
      const pauseMs = PAUSE_MS * 2 ** tries * (0.5 + Math.random() / 2);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  return {
    get: async (path, query) => parsed(await ask(withQuery(path, query), { method: 'GET' })),
    text: (path, query) => ask(withQuery(path, query), { method: 'GET' }),
    post: async (path, body, change) => {
      const idempotencyKey = change?.idempotencyKey ?? crypto.randomUUID();
      const init = changing(body);
      const headers = { ...init.headers, 'idempotency-key': idempotencyKey };
      return parsed(await ask(path, { ...init, headers }));
    },
    postOnce: async (path, body) => parsed(await ask(path, changing(body), 0)),
  };
}

function originOf(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new RangeError('baseUrl is no address that begins with http:// or https://');
  return url.origin;
}

function changing(body: object = {}) {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', headers, body: JSON.stringify(body) };
}

function withQuery(path: string, query: object = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) asked.set(name, String(value));
  const text = asked.toString();
  return text === '' ? path : `${path}?${text}`;
}

function parsed<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new TenderError('protocol', 'the answer is not JSON', null, error);
  }
}

function errorOf(status: number, text: string): TenderError {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } };
    if (typeof error?.code === 'string' && typeof error.message === 'string')
      return new TenderError(error.code, error.message, status);
  } catch {
    // What stands before the server answers in words of its own.
  }
  return new TenderError('protocol', `it was answered with ${status}`, status);
}
