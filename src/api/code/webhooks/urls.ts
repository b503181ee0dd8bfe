import { lookup as systemLookup } from 'node:dns';
import { isIP } from 'node:net';
import { addressFault } from '../../../engine/addresses.js';
import { type Lookup, urlFault } from '../../../engine/sender.js';
import { inTime } from '../../in-time.js';
import { hasPlainLabels } from '../domains.js';
import type { CodeDependencies, CodeLimits } from '../settings.js';

/**
 * Why a webhook cannot be called at a URL, in the published texts; null where it can. The JSON API
 * (`v1`) takes https only, the envelope (`v2`) http as well.
 */
export type WebhookUrlCheck = (url: string, generation: 'v1' | 'v2') => Promise<string | null>;

export interface UrlDependencies extends Pick<CodeDependencies, 'mode' | 'addresses'> {
  readonly limits: Pick<CodeLimits, 'webhook_wait_ms_max'>;
}

/** The published contract's. */
const URL_CHARS_MAX = 1024;
/** The parts of a URL that Go's parser finds: scheme, user, host, port. */
const PARTS = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?/i;
/** What a URL parser drops or escapes in silence, so that what is called is not what was given. */
const UNPRINTABLE = /[\s\p{Cc}\p{Cs}]/u;
const INVALID_HOST = 'host is not a valid domain name: domain name is invalid';
/** Names looked up at once. Slow ones hold threads that signatures are checked on, too. */
const LOOKUPS_MAX = 2;

/**
 * Builds the check of webhooks' URLs: the published rules. In a sandbox a port may be named, and
 * where loopback may be reached at all it may be, by plain http in both generations. What the
 * published server left open is refused: addresses that are not the internet's, and user names.
 * `lookup` is how names become addresses; the system's way if absent.
 */
export function makeWebhookUrlCheck(
  { mode, addresses, limits }: UrlDependencies,
  lookup: Lookup = systemLookup,
): WebhookUrlCheck {
  const reach = { ...addresses, allowPlain: true };
  let lookups = 0;

  /** What is not looked up, for want of places or time, is looked at when it is called. */
  async function hostFault(host: string, protocol: string): Promise<string | null> {
    if (lookups >= LOOKUPS_MAX) return null;
    lookups += 1;
    const found = resolve(host, lookup).finally(() => {
      lookups -= 1;
    });
    const answer = await inTime(found, limits.webhook_wait_ms_max);
    if (answer === null) return null;
    if (typeof answer === 'string') return `error resolving hostname: ${answer}`;
    const faults = answer.map((address) => addressFault(address, protocol, reach));
    return faults.includes(null) ? null : `error resolving hostname: ${faults[0] ?? 'no address'}`;
  }

  return async (text, generation) => {
    if (text.length > URL_CHARS_MAX) return `url is longer than ${URL_CHARS_MAX} characters`;
    if (UNPRINTABLE.test(text)) return 'invalid control character in URL';
    const [, named, , authority = ''] = PARTS.exec(text) ?? [];
    const url = named === undefined ? `http://${text}` : text;
    const scheme = (named ?? 'http').toLowerCase();
    const isHttp = scheme === 'http' || scheme === 'https';
    const parsed = isHttp && URL.canParse(url) ? new URL(url) : null;
    const isLoopback = parsed !== null && addresses.allowLoopback && isLoopbackHost(parsed);
    if (generation === 'v1' && scheme !== 'https' && !isLoopback) return 'url scheme must be https';
    if (!isHttp) return 'url scheme must be http or https';
    if (named !== undefined && authority === '') return 'host component missing';
    if (parsed === null) return INVALID_HOST;
    const host = parsed.hostname.replace(/^\[|\]$/g, '');
    if (!isLoopback) {
      // The published server reads host and port as one name, so that no port is ever valid.
      if (parsed.port !== '' && mode !== 'sandbox') return INVALID_HOST;
      if (isIP(host) === 0 && !hasPlainLabels(host)) return INVALID_HOST;
    }
    const fault = urlFault(url, reach);
    if (fault !== null) return `url ${fault}`;
    return isLoopback || isIP(host) !== 0 ? null : hostFault(host, parsed.protocol);
  };
}

function isLoopbackHost({ hostname }: URL): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

/** The addresses of a host, or the code of the error that asking for them ended in. */
function resolve(host: string, lookup: Lookup): Promise<string[] | string> {
  return new Promise((answer) => {
    lookup(host, { all: true }, (error, found) =>
      answer(error === null ? found.map(({ address }) => address) : (error.code ?? error.message)),
    );
  });
}
