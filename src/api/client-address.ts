import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** `none`: the socket's address. `peer`: whoever connects is a proxy. Or the proxies' addresses. */
export type ProxyTrust = 'none' | 'peer' | readonly string[];

/**
 * Tells where requests come from behind proxies that write `X-Forwarded-For`; undefined where none
 * is trusted. Proxies append, so the list is read from its end, and only as far as those that wrote
 * it are trusted: what a client wrote itself never counts.
 */
export function makeClientAddress(
  trust: ProxyTrust,
): ((peer: string, headers: IncomingHttpHeaders) => string) | undefined {
  if (trust === 'none') return undefined;
  const isProxy = trust === 'peer' ? null : inRanges(trust);
  return (peer, headers) => {
    const forwarded = headers['x-forwarded-for'];
    if (forwarded === undefined) return peer;
    const hops = String(forwarded).split(',').map(plainAddress);
    // One hop only where the proxies are not named: anything further may be made up.
    if (isProxy === null) return hops.at(-1) || peer;
    let address = peer;
    while (isProxy(address) && hops.length > 0) {
      const next = hops.pop() ?? '';
      if (next === '') break;
      address = next;
    }
    return address;
  };
}

/** An address alone: `1.2.3.4:80` and `[::1]:80` lose their ports; empty when it is none. */
function plainAddress(hop: string): string {
  const text = hop.trim();
  const bare = /^\[(.+)\](:\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? '' : bare;
}

function inRanges(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}
