import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * What lies behind an IP address. `reserved` is everything that is nobody's server, neither on the
 * internet nor at home: link-local (cloud metadata lives there), multicast, unspecified.
 */
export type AddressKind = 'public' | 'loopback' | 'private' | 'reserved';

/** What a delivery may reach beyond the public internet. */
export interface AddressSettings {
  readonly allowLoopback: boolean;
  readonly allowPrivate: boolean;
  /** Plain http may leave this machine: for what is signed and no secret. Not if absent. */
  readonly allowPlain?: boolean;
}

/** Reference: the IANA special-purpose address registries (RFC 6890). */
const IPV4_LOOPBACK = ranges('ipv4', ['127.0.0.0/8']);
const IPV4_PRIVATE = ranges('ipv4', [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  // Carrier-grade NAT: not on the internet, and often a cloud's own network.
  '100.64.0.0/10',
]);
const IPV4_RESERVED = ranges('ipv4', [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
const IPV6_PRIVATE = ranges('ipv6', ['fc00::/7']);
/** All that is given out on the internet today; the rest of IPv6 is reserved. */
const IPV6_PUBLIC = ranges('ipv6', ['2000::/3']);
/** Within it: Teredo, benchmarks, ORCHID, documentation. */
const IPV6_RESERVED = ranges('ipv6', ['2001::/23', '2001:db8::/32', '3fff::/20']);

function ranges(family: 'ipv4' | 'ipv6', list: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const range of list) {
    const [net, bits] = range.split('/') as [string, string];
    blocks.addSubnet(net, Number(bits), family);
  }
  return blocks;
}

/** The kind of an address in text form; `reserved` for what is none. */
export function addressKind(address: string): AddressKind {
  const bare = address.split('%', 1)[0] as string;
  const family = isIP(bare);
  if (family === 4) return ipv4Kind(bare);
  return family === 6 ? ipv6Kind(bare) : 'reserved';
}

function ipv4Kind(address: string): AddressKind {
  if (IPV4_LOOPBACK.check(address, 'ipv4')) return 'loopback';
  if (IPV4_PRIVATE.check(address, 'ipv4')) return 'private';
  return IPV4_RESERVED.check(address, 'ipv4') ? 'reserved' : 'public';
}

function ipv6Kind(address: string): AddressKind {
  const words = wordsOf(address);
  const [first = 0, second = 0, third = 0] = words;
  const leading = words.findIndex((word) => word !== 0);
  if (leading === 7 && words[7] === 1) return 'loopback';
  // ::ffff:a.b.c.d goes out as IPv4.
  if (leading === 5 && words[5] === 0xffff) return ipv4Kind(ipv4Of(words, 6));
  // NAT64 and 6to4 lead on to the IPv4 address inside; only the internet may be behind them.
  const translated = first === 0x64 && second === 0xff9b && words.slice(2, 6).every((w) => w === 0);
  if (translated) return publicOnly(ipv4Of(words, 6));
  if (first === 0x2002) return publicOnly(ipv4Of([second, third], 0));
  if (IPV6_PRIVATE.check(address, 'ipv6')) return 'private';
  if (IPV6_RESERVED.check(address, 'ipv6')) return 'reserved';
  return IPV6_PUBLIC.check(address, 'ipv6') ? 'public' : 'reserved';
}

function publicOnly(address: string): AddressKind {
  return ipv4Kind(address) === 'public' ? 'public' : 'reserved';
}

/** The eight words of an IPv6 address that `isIP` accepts. */
function wordsOf(address: string): number[] {
  const [head = '', tail] = address.split('::') as [string, string?];
  const left = partWords(head);
  if (tail === undefined) return left;
  const right = partWords(tail);
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function partWords(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((word) => {
    if (!isIPv4(word)) return [Number.parseInt(word, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = word.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function ipv4Of(words: readonly number[], at: number): string {
  const [high = 0, low = 0] = words.slice(at, at + 2);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * Why nothing may be sent to an address; null when it may be. Plain http may only go to loopback,
 * where nobody listens in, unless it is allowed.
 */
export function addressFault(
  address: string,
  protocol: string,
  { allowLoopback, allowPrivate, allowPlain = false }: AddressSettings,
): string | null {
  const kind = addressKind(address);
  if (kind === 'loopback') return allowLoopback ? null : `${address} is a loopback address`;
  if (kind === 'private' && !allowPrivate) return `${address} is a private address`;
  if (kind === 'reserved') return `${address} is not an address on the internet`;
  if (protocol === 'https:' || allowPlain) return null;
  return `plain http may not leave this machine for ${address}`;
}
