import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
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

/** Reads the beginning of an answer. What is longer is cut off together with its connection. */
async function beginningOf(body: Dispatcher.ResponseData['body'], bytesMax: number) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > bytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8');
}

/** Makes what posts webhooks. Private and loopback addresses are refused unless allowed. */
export function makeSender(settings: SenderSettings, environment: SenderEnvironment): Sender {
  const { timeout_ms, response_bytes_max, connections_per_origin_max } = settings;
  const lookup: Lookup = environment.lookup ?? systemLookup;
  const dispatcher = new Agent({
    connect: guardedConnector(settings, lookup),
    connections: connections_per_origin_max,
    pipelining: 1,
    headersTimeout: timeout_ms,
    bodyTimeout: timeout_ms,
  });
  const post: Sender['post'] = async (url, { headers, body }) => {
    const made = { atMs: environment.nowMs(), status: null, error: null, response: null };
    const startMs = performance.now();
    const ended = (end: Partial<DeliveryTry>): DeliveryTry => ({
      ...made,
      ...end,
      durationMs: Math.round(performance.now() - startMs),
    });
    const fault = urlFault(url, settings);
    if (fault !== null) return ended({ error: `the URL ${fault}` });
    const late = new Error(`no answer within ${timeout_ms} ms`);
    const cut = new AbortController();
    const timer = setTimeout(() => cut.abort(late), timeout_ms);
    let status: number | null = null;
    try {
      const answer = await request(url, {
        dispatcher,
        method: 'POST',
        headers: { ...headers, 'user-agent': 'Tender/1.0' },
        body,
        signal: cut.signal,
      });
      status = answer.statusCode;
      const response = await beginningOf(answer.body, response_bytes_max);
      const redirects = status >= 300 && status < 400;
      return ended({ status, response, error: redirects ? 'redirects are not followed' : null });
    } catch (error) {
      // An answer that broke off is none: the receiver may not have done its work.
      const why = errorText(cut.signal.aborted ? late : error);
      return ended({ error: status === null ? why : `the answer ${status} broke off: ${why}` });
    } finally {
      clearTimeout(timer);
    }
  };
  return { post, close: () => dispatcher.destroy() };
}
