import { randomInt } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Config, LanConfig } from './config.js';
import { makeCertificate, stillServes } from './lan-certificate.js';
import { StartFault } from './start-fault.js';

/** How a server is reached from the devices of its network. */
export interface Lan {
  /** This machine's address there. */
  readonly address: string;
  /** Every name and address of this machine that a device may use. */
  readonly names: readonly string[];
  /** The certificate's file, for clients that are to trust it. */
  readonly certFile: string;
  /** Keys that were made for this data folder; null where the configuration names its own. */
  readonly keys: { readonly secret: string; readonly publishable: string } | null;
}

/** What is asked of the machine; tests answer for another one. */
export interface Machine {
  readonly hostname: string;
  /** Addresses of interfaces that are not loopback, in the system's order. */
  readonly addresses: readonly { readonly interface: string; readonly address: string }[];
  /** Unix ms. */
  readonly nowMs: number;
}

/** The local network cannot be served; the message says why and what to do, on one line. */
export class LanFault extends StartFault {}

/** This machine, as it is now. */
export function thisMachine(): Machine {
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, bound]) =>
    (bound ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => ({ interface: name, address })),
  );
  return { hostname: hostname(), addresses, nowMs: Date.now() };
}

/** Kept in the data folder, beside the key that only its owner reads. */
export const LAN_CERTIFICATE = 'lan-cert.pem';
const KEY = 'lan-key.pem';
const API_KEY = 'lan-api-key';

/** The account that the made keys open. */
const OWNER = 'lan';

/**
 * Makes what serving the local network takes, once for a data folder: a certificate for this
 * machine's addresses, made anew when they change, and keys that cannot be guessed. What the
 * configuration brings itself is left as it is.
 * @returns the configuration with all that in it, and what a person is told
 * @throws LanFault where no device could reach this machine
 */
export function prepareLan(
  config: Config,
  machine = thisMachine(),
): { readonly config: Config; readonly lan: Lan } | null {
  if (config.lan === null) return null;
  const { dataFolder } = config;
  const address = config.lan.address ?? bestAddress(machine);
  const names = namesOf(machine, address);
  orFault(dataFolder, () => mkdirSync(dataFolder, { recursive: true, mode: 0o700 }));
  const tls = config.tls ?? orFault(dataFolder, () => readOrMakeTls(dataFolder, names, machine));
  const keys =
    config.apiKeys === null ? orFault(dataFolder, () => readOrMakeKeys(dataFolder)) : null;
  const apiKeys = keys && Object.values(keys).map((key) => ({ key, owner: OWNER }));
  const found = Object.freeze({ address, names });
  const fitted = { ...config, tls, lan: found, apiKeys: config.apiKeys ?? apiKeys };
  return { config: Object.freeze(fitted), lan: { address, names, keys, certFile: tls.certFile } };
}

/** A bound address as other devices reach it. @param boundUrl an origin */
export function reachedAs(boundUrl: string, lan: LanConfig | null): string {
  if (lan === null || lan.address === null) return boundUrl;
  const url = new URL(boundUrl);
  url.hostname = lan.address;
  return url.origin;
}

/**
 * Addresses of home and office networks first, those of virtual networks last: other devices are
 * in none of those.
 */
function bestAddress({ addresses }: Machine): string {
  const isVirtual = (name: string): boolean => /^(docker|veth|br-|virbr|vmnet|tun|utun)/.test(name);
  const rank = (address: string, name: string): number => {
    const kinds = [/^192\.168\./, /^10\./, /^172\.(1[6-9]|2\d|3[01])\./];
    const kind = kinds.findIndex((each) => each.test(address));
    return (kind < 0 ? kinds.length : kind) + (isVirtual(name) ? kinds.length + 1 : 0);
  };
  const ranked = addresses
    .filter(({ address }) => !address.startsWith('169.254.'))
    .map((each) => ({ ...each, rank: rank(each.address, each.interface) }))
    .sort((a, b) => a.rank - b.rank);
  const [best] = ranked;
  if (best === undefined) {
    throw new LanFault('This machine is in no network that --lan could serve: connect it first.');
  }
  return best.address;
}

/** Two devices may see this machine by two of its networks. */
function namesOf({ hostname: name, addresses }: Machine, address: string): string[] {
  const label = name.toLowerCase().replace(/\.local$/, '');
  const own = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label) ? [`${label}.local`] : [];
  const all = [
    'localhost',
    ...own,
    '127.0.0.1',
    '::1',
    address,
    ...addresses.map((a) => a.address),
  ];
  return [...new Set(all)];
}

function readOrMakeTls(folder: string, names: readonly string[], { nowMs }: Machine) {
  const files = { certFile: join(folder, LAN_CERTIFICATE), keyFile: join(folder, KEY) };
  const known = existsSync(files.keyFile) && existsSync(files.certFile);
  if (known && stillServes(readFileSync(files.certFile, 'utf8'), names, nowMs)) return files;
  const { cert, key } = makeCertificate(names, nowMs);
  writePrivate(files.keyFile, key);
  writePrivate(files.certFile, cert);
  return files;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KEY_CHARS = 24;

/** The part after `sk_test_`, and that after `pk_test_`, on a line each. */
function readOrMakeKeys(folder: string): NonNullable<Lan['keys']> {
  const file = join(folder, API_KEY);
  if (!existsSync(file)) writePrivate(file, `${randomText()}\n${randomText()}\n`);
  const [secret = '', publishable = ''] = readFileSync(file, 'utf8').split('\n');
  if (![secret, publishable].every((own) => /^[0-9A-Za-z]{24}$/.test(own))) {
    throw new LanFault(`${file} is damaged: remove it, and new keys are made.`);
  }
  return { secret: `sk_test_${secret}`, publishable: `pk_test_${publishable}` };
}

function randomText(): string {
  return Array.from({ length: KEY_CHARS }, () => BASE62[randomInt(BASE62.length)]).join('');
}

/** Whole before it has its name, and its owner's alone, also where an older file was open. */
function writePrivate(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
}

function orFault<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new LanFault(`The data folder ${folder} cannot be used: ${message}.`);
  }
}
