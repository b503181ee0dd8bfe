import { domainToASCII } from 'node:url';
import { Agent, type Dispatcher, request } from 'undici';
import { errorText, guardedConnector, type Lookup } from '../../engine/sender.js';
import type { CodeDependencies, CodeLimits, CodeSettings } from './settings.js';

/** Why a domain's key is not accepted, in the protocol's codes and published texts. */
export interface DomainFault {
  readonly code: 'unauthenticated' | 'permission_denied' | 'invalid_argument';
  readonly text: string;
}

/** Says which keys speak for a domain. */
export interface Domains {
  /** Null where the domain publishes the key (base58) as its own. */
  check(domain: string, verifier: string): Promise<DomainFault | null>;
}

export interface DomainDependencies extends Pick<CodeDependencies, 'addresses' | 'nowMs'> {
  readonly settings: Pick<CodeSettings, 'domainOrigins'>;
  readonly limits: Pick<CodeLimits, 'domain_wait_ms_max' | 'domain_bytes_max' | 'domain_fresh_ms'>;
}

const DOMAIN_CHARS_MAX = 253;
/** What a registry accepts as a label: letters, digits and hyphens, none of these at an end. */
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
/** Else the conversion to ASCII would read the text as a URL does: a path, percent-encoding. */
const NAME = /^[A-Za-z0-9.\-\u0080-\u{10ffff}]+$/u;
const WELL_KNOWN_PATH = '/.well-known/code-payments.json';

/** So soon a domain is asked again that had no answer, or did not list the key asked for. */
const FAULT_FRESH_MS = 5000;
/** Domains that are remembered, and asked at once: strangers choose the names. */
const REMEMBERED_MAX = 1000;
const ASKED_AT_ONCE_MAX = 64;

/** What a domain has published, or why that is not known. */
type Answer = { readonly keys: ReadonlySet<string> } | { readonly fault: string };

/** A domain name in ASCII and lower case, and the last two labels of it; or why it is none. */
type DomainName = { readonly ascii: string; readonly base: string } | { readonly fault: string };

/** Whether each label of a name in ASCII is one that a registry accepts. */
export function hasPlainLabels(ascii: string): boolean {
  return ascii.split('.').every((label) => LABEL.test(label));
}

/** Reads a domain name. The faults are the published texts, without what Go's library adds. */
export function readDomain(text: string): DomainName {
  if (text.length === 0) return { fault: 'domain name is empty' };
  if (text.length > DOMAIN_CHARS_MAX) return { fault: 'domain name length exceeds limit' };
  const invalid = { fault: 'domain name is invalid' };
  if (!NAME.test(text)) return invalid;
  const ascii = domainToASCII(text);
  if (ascii === '') return invalid;
  if (!hasPlainLabels(ascii)) return invalid;
  const [name, tld] = ascii.split('.').slice(-2);
  if (name === undefined || tld === undefined)
    return { fault: 'value must have base domain and tld' };
  // No top-level domain is a number: this is an IP address, which nobody registers.
  if (/^\d+$/.test(tld)) return invalid;
  return { ascii, base: `${name}.${tld}` };
}

/**
 * Builds the check of domains' keys: each domain publishes its own at a well-known path, over
 * https, which is asked without following redirects and never at a private address. Answers are
 * kept for a while. `lookup` is how names become addresses; the system's way if absent.
 */
export function makeDomains(deps: DomainDependencies, lookup?: Lookup): Domains {
  const ask = makeAsker(deps, lookup);
  const known = new Map<string, { readonly answer: Answer; readonly atMs: number }>();
  const asking = new Map<string, Promise<Answer>>();

  /** One request for all who ask at the same time. */
  function askOnce(base: string): Promise<Answer> {
    const underWay = asking.get(base);
    if (underWay !== undefined) return underWay;
    if (asking.size >= ASKED_AT_ONCE_MAX)
      return Promise.resolve({ fault: 'too many domains are being verified, try again' });
    const answering = ask(base).then((answer) => {
      asking.delete(base);
      known.delete(base);
      for (const oldest of known.keys()) {
        if (known.size < REMEMBERED_MAX) break;
        known.delete(oldest);
      }
      known.set(base, { answer, atMs: deps.nowMs() });
      return answer;
    });
    asking.set(base, answering);
    return answering;
  }

  async function answerOf(base: string, verifier: string): Promise<Answer> {
    const found = known.get(base);
    if (found !== undefined) {
      const { answer, atMs } = found;
      const isListed = 'keys' in answer && answer.keys.has(verifier);
      const freshMs = isListed ? deps.limits.domain_fresh_ms : FAULT_FRESH_MS;
      if (deps.nowMs() - atMs < freshMs) return answer;
    }
    return askOnce(base);
  }

  return {
    check: async (domain, verifier) => {
      const name = readDomain(domain);
      if ('fault' in name)
        return { code: 'invalid_argument', text: `domain is invalid: ${name.fault}` };
      if (name.ascii !== name.base) return unverified('subdomains cannot be verified');
      const answer = await answerOf(name.base, verifier);
      if ('fault' in answer) return unverified(answer.fault);
      if (answer.keys.has(verifier)) return null;
      const text = `${verifier} does not own domain ${name.base}`;
      return { code: 'permission_denied', text };
    },
  };
}

/** The published text is spelt like this. */
function unverified(why: string): DomainFault {
  return { code: 'unauthenticated', text: `error veryfing domain ownership: ${why}` };
}

/** Makes what asks a domain for its keys; it never rejects. */
function makeAsker(
  { settings, limits, addresses }: DomainDependencies,
  lookup: Lookup | undefined,
): (base: string) => Promise<Answer> {
  const timeout_ms = limits.domain_wait_ms_max;
  const agentFor = (reach: DomainDependencies['addresses']): Agent =>
    // Without pipelining nothing is kept open between two requests.
    new Agent({
      connect: guardedConnector({ ...reach, timeout_ms }, lookup),
      pipelining: 0,
      headersTimeout: timeout_ms,
      bodyTimeout: timeout_ms,
    });
  const internet = agentFor(addresses);
  // The operator has named these places, so they may be near.
  const configured = agentFor({ allowLoopback: true, allowPrivate: true });
  return async (base) => {
    const { domainOrigins } = settings;
    const origin = Object.hasOwn(domainOrigins, base) ? domainOrigins[base] : undefined;
    const late = new Error(`no answer within ${timeout_ms} ms`);
    const cut = new AbortController();
    const timer = setTimeout(() => cut.abort(late), timeout_ms);
    try {
      const { statusCode, body } = await request(
        `${origin ?? `https://${base}`}${WELL_KNOWN_PATH}`,
        {
          dispatcher: origin === undefined ? internet : configured,
          headers: { accept: 'application/json', 'user-agent': 'Tender/1.0' },
          signal: cut.signal,
        },
      );
      const answer = await readAnswer(body, limits.domain_bytes_max);
      return statusCode === 200 ? answer : { fault: `http status ${statusCode} returned` };
    } catch (error) {
      return { fault: errorText(cut.signal.aborted ? late : error) };
    } finally {
      clearTimeout(timer);
    }
  };
}

async function readAnswer(
  body: Dispatcher.ResponseData['body'],
  bytesMax: number,
): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > bytesMax) return { fault: `the answer is longer than ${bytesMax} bytes` };
  }
  const notJson = { fault: 'the answer is not JSON with public_keys' };
  try {
    const said: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (typeof said !== 'object' || said === null) return notJson;
    const { public_keys: keys = [] } = said as { public_keys?: unknown };
    if (!Array.isArray(keys)) return notJson;
    return { keys: new Set(keys.filter((key) => typeof key === 'string')) };
  } catch {
    return notJson;
  }
}
