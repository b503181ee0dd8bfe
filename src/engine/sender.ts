import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { DeliveryTry } from '../domain/subscription.js';
import { type AddressSettings, addressFault, addressKind } from './addresses.js';

export interface SenderSettings extends AddressSettings {
  /** For everything: finding the host, connecting, sending, and reading the answer. */
  readonly timeout_ms: number;
  /** How much of an answer is kept. */
  readonly response_bytes_max: number;
  readonly connections_per_origin_max: number;
}

/** `dns.lookup` as it is called with `all: true`. */
export type Lookup = (
  hostname: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface SenderEnvironment {
  /** Wall time, Unix ms. */
  readonly nowMs: () => number;
  /** How names become addresses; the system's way if absent. */
  readonly lookup?: Lookup;
}

export interface Sender {
  /**
   * Posts once, without following redirects. Never rejects: every end is a try to write down.
   * @param cause the request that the message tells of, for traces
   */
  post(
    url: string,
    message: { readonly headers: Record<string, string>; readonly body: string },
    cause?: string | null,
  ): Promise<DeliveryTry>;
  /** Lets go of idle connections; what is being sent is cut off. */
  close(): Promise<void>;
}

const URL_CHARS_MAX = 2048;

/** Whether they can be endpoints is remembered of so many. */
const URLS_KNOWN_MAX = 1_000;

/** Below 1024 live mail, shells and directories: nothing there is a webhook endpoint. */
const SYSTEM_PORTS_ALLOWED = new Set(['', '80', '443']);
const SYSTEM_PORTS_END = 1024;

/**
 * Why a URL cannot be an endpoint, as a sentence's end; null when it can. Where its name leads is
 * looked at when it is connected to, because that may change.
 */
export function urlFault(text: string, settings: AddressSettings): string | null {
  if (text.length > URL_CHARS_MAX) return `is longer than ${URL_CHARS_MAX} characters`;
  if (!URL.canParse(text)) return 'is not an absolute URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  const host = hostOf(url);
  const loopback = isLoopbackName(host) || addressKind(host) === 'loopback';
  const mayBePlain = (loopback && settings.allowLoopback) || settings.allowPlain === true;
  if (url.protocol === 'http:' && !mayBePlain) return 'must begin with https://';
  if (isLoopbackName(host) && !settings.allowLoopback) return 'names this machine itself';
  if (isIP(host) !== 0) {
    const fault = addressFault(host, url.protocol, settings);
    if (fault !== null) return `leads nowhere that may be reached: ${fault}`;
  }
  const closed = url.port === '0' || Number(url.port) < SYSTEM_PORTS_END;
  if (closed && !SYSTEM_PORTS_ALLOWED.has(url.port) && !loopback)
    return `uses port ${url.port}, which is no web server's`;
  return null;
}

/** The host without brackets and without the dot that ends a full name. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** The address that a connection was about to go to is not allowed. */
class AddressRefused extends Error {}

/** Leaves only allowed addresses, so that the socket can go nowhere else. */
function guardedLookup(
  lookup: Lookup,
  protocol: string,
  settings: AddressSettings,
): LookupFunction {
  return (hostname, { all }, callback) => {
    lookup(hostname, { all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const faults: string[] = [];
      const allowed = addresses.filter(({ address }) => {
        const fault = addressFault(address, protocol, settings);
        if (fault !== null) faults.push(fault);
        return fault === null;
      });
      const [first] = allowed;
      if (first === undefined)
        return callback(new AddressRefused(faults[0] ?? `${hostname} has no address`), '', 0);
      return all ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };
}

/** Connects only to allowed addresses: checked before, and once more on the socket itself. */
export function guardedConnector(
  settings: AddressSettings & Pick<SenderSettings, 'timeout_ms'>,
  lookup: Lookup = systemLookup,
): buildConnector.connector {
  const connectorFor = (protocol: string) =>
    buildConnector({
      timeout: settings.timeout_ms,
      lookup: guardedLookup(lookup, protocol, settings),
    });
  const connectors = new Map(['http:', 'https:'].map((name) => [name, connectorFor(name)]));
  return (options, callback) => {
    const { protocol } = options;
    const host = options.hostname.replace(/^\[|\]$/g, '');
    // A literal address is never looked up.
    const fault = isIP(host) === 0 ? null : addressFault(host, protocol, settings);
    const connect = connectors.get(protocol);
    if (fault !== null || connect === undefined) {
      callback(new AddressRefused(fault ?? `${protocol} is not spoken here`), null);
      return;
    }
    connect(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      // Against its types, undici leaves the socket out when there is an error.
      if (!socket) return callback(error as Error, null);
      const reached = addressFault(socket.remoteAddress ?? '', protocol, settings);
      if (reached === null) return callback(null, socket);
      socket.destroy();
      callback(new AddressRefused(reached), null);
    });
  };
}

const CONNECTION_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name could not be looked up',
  UND_ERR_SOCKET: 'connection closed without an answer',
};
const ERROR_CHARS_MAX = 200;

/** Several addresses of one host fail together, in an error without a text of its own. */
function causeOf(error: unknown): Error & { code?: string } {
  const first = error instanceof AggregateError ? error.errors[0] : null;
  return (first ?? error) as Error;
}

/** Why a request had no answer, in a few words. */
export function errorText(error: unknown): string {
  const { code, message, name } = causeOf(error);
  const known = code === undefined ? undefined : CONNECTION_ERRORS[code];
  return (known ?? (message || code || name)).slice(0, ERROR_CHARS_MAX);
}

/** An answer, as far as it is kept. */
interface Answered {
  readonly status: number;
  readonly response: string;
}

/** What broke off: the status if there was one, and why. */
class Unanswered extends Error {
  readonly status: number | null;
  constructor(status: number | null, cause: unknown) {
    super('there was no whole answer', { cause });
    this.status = status;
  }
}

/**
 * Sends a request and keeps the beginning of its answer; what is longer is cut off together with
 * its connection. Rejects with Unanswered. What arrives is taken as the connection gives it: a
 * stream and a signal for each answer are work that thousands of them a second would notice.
 */
function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  { timeout_ms, response_bytes_max }: Pick<SenderSettings, 'timeout_ms' | 'response_bytes_max'>,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status: number | null = null;
    let late: Error | null = null;
    let controller: Dispatcher.DispatchController | null = null;
    const fail = (cause: unknown): void => {
      clearTimeout(timer);
      reject(new Unanswered(status, late ?? cause));
    };
    const end = (): void => {
      clearTimeout(timer);
      const response = Buffer.concat(chunks).subarray(0, response_bytes_max).toString('utf8');
      resolve({ status: status ?? 0, response });
    };
    const timer = setTimeout(() => {
      late = new Error(`no answer within ${timeout_ms} ms`);
      controller?.abort(late);
      // It may still wait for a connection.
      fail(late);
    }, timeout_ms);
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: (started) => {
        controller = started;
        if (late !== null) started.abort(late);
      },
      onResponseStart: (_started, statusCode) => {
        // Before the answer there may be words of its coming.
        if (statusCode >= 200) status = statusCode;
      },
      onResponseData: (started, chunk) => {
        if (bytes > response_bytes_max) return;
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes <= response_bytes_max) return;
        end();
        started.abort(new Error('the answer is too long'));
      },
      onResponseEnd: end,
      onResponseError: (_started, error) => fail(error),
    };
    try {
      dispatcher.dispatch(options, handler);
    } catch (error) {
      fail(error);
    }
  });
}

/** Makes what posts webhooks. Private and loopback addresses are refused unless allowed. */
export function makeSender(settings: SenderSettings, environment: SenderEnvironment): Sender {
  const { timeout_ms, connections_per_origin_max } = settings;
  const lookup: Lookup = environment.lookup ?? systemLookup;
  const dispatcher = new Agent({
    connect: guardedConnector(settings, lookup),
    connections: connections_per_origin_max,
    pipelining: 1,
    headersTimeout: timeout_ms,
    bodyTimeout: timeout_ms,
  });
  const known = new Map<string, string | null>();
  const faultOf = (url: string): string | null => {
    const before = known.get(url);
    if (before !== undefined) return before;
    const fault = urlFault(url, settings);
    if (known.size >= URLS_KNOWN_MAX) known.clear();
    known.set(url, fault);
    return fault;
  };
  const post: Sender['post'] = async (url, { headers, body }) => {
    const made = { atMs: environment.nowMs(), status: null, error: null, response: null };
    const startMs = performance.now();
    const ended = (end: Partial<DeliveryTry>): DeliveryTry => ({
      ...made,
      ...end,
      durationMs: Math.round(performance.now() - startMs),
    });
    const fault = faultOf(url);
    if (fault !== null) return ended({ error: `the URL ${fault}` });
    const { origin, pathname, search } = new URL(url);
    const sent = { ...headers, 'user-agent': 'Tender/1.0' };
    const path = `${pathname}${search}`;
    try {
      const { status, response } = await exchange(
        dispatcher,
        { origin, path, method: 'POST', headers: sent, body },
        settings,
      );
      const redirects = status >= 300 && status < 400;
      return ended({ status, response, error: redirects ? 'redirects are not followed' : null });
    } catch (error) {
      const { status, cause } = error as Unanswered;
      // An answer that broke off is none: the receiver may not have done its work.
      const why = errorText(cause);
      return ended({ error: status === null ? why : `the answer ${status} broke off: ${why}` });
    }
  };
  return { post, close: () => dispatcher.destroy() };
}
