import { DEFAULT_KEY, keyParts } from '../api/auth.js';
import { resourcesOf } from '../api/stripe/access.js';
import { ROUTES } from '../api/stripe/routes.js';
import type { Config } from '../config.js';
import { ACCESS_LEVELS, type Access, type Permissions } from '../domain/api-key.js';
import { CommandFailure, configuration } from './failure.js';
import { type KeyDesk, type KeyFields, type ShownKey, servedDesk, storeDesk } from './keys-desk.js';
import type { ServerOptions } from './merchant-api.js';
import { type MerchantSession, withMerchant } from './merchant-command.js';
import { moment } from './moment.js';
import { demandData } from './reader.js';
import { serverOn } from './running-server.js';
import { withStore } from './store-engine.js';
import { columns, type Paint } from './terminal.js';
import { walletPlace } from './wallet-file.js';

const KINDS = ['secret', 'publishable', 'restricted'] as const;
const NAME_CHARS_MAX = 100;
/** As the API allows: a week to bring a new key everywhere. */
const ROLL_HOURS_MAX = 168;

/** What `tender keys create` takes, as it was typed. */
interface CreateOptions extends ServerOptions {
  readonly name?: string;
  readonly type: string;
  readonly permissions?: string;
}

/** `tender keys`: the keys of an account. */
export function listKeys(options: ServerOptions): Promise<void> {
  return atDesk(options, async ({ show, paint }, desk) => {
    const keys = await desk.list();
    const rows = keys.map((key) => keyCells(key, paint));
    const heads = ['Key', 'Type', 'Name', 'State', 'Since', 'Id'].map((head) => paint.strong(head));
    const lines = keys.length === 0 ? ['This account has no keys of its own.'] : [];
    const next = 'Next: tender keys create --name server';
    show([...lines, ...columns([...(keys.length === 0 ? [] : [heads]), ...rows]), next], {
      data: keys,
    });
  });
}

function keyCells(key: ShownKey, { quiet, accent, failure }: Paint): string[] {
  const { status, source, created } = key;
  const state =
    status === 'active' ? `${accent('●')} active` : `${failure('✕')} ${failure(status)}`;
  return [
    key.redacted_key,
    key.type,
    key.name ?? (source === 'configuration' ? quiet('of TENDER_API_KEYS') : ''),
    key.expires_at !== null && status === 'active'
      ? `${state} until ${moment(key.expires_at)}`
      : state,
    created === null ? '' : quiet(moment(created)),
    quiet(key.id),
  ];
}

/** `tender keys create`: makes a key and shows it, this once. */
export function createApiKey(options: CreateOptions): Promise<void> {
  return atDesk(
    options,
    async ({ show, paint }, desk) => {
      const key = await desk.create(fieldsOf(options));
      show([...newKeyLines(key, paint), nextOf(key)], key);
    },
    () => fieldsOf(options),
  );
}

/** `tender keys roll`: another key in the place of one. */
export function rollApiKey(
  id: string,
  options: ServerOptions & { readonly hours: string },
): Promise<void> {
  const hours = (): number => hoursOf(options.hours);
  return atDesk(
    options,
    async ({ show, paint }, desk) => {
      const key = await desk.roll(id, hours());
      const old =
        hours() === 0 ? `${id} opens nothing any more.` : `${id} works on for ${hours()} h.`;
      show([...newKeyLines(key, paint), old, nextOf(key)], key);
    },
    hours,
  );
}

/** `tender keys revoke`: ends a key at once. */
export function revokeApiKey(id: string, options: ServerOptions): Promise<void> {
  return atDesk(options, async ({ show, paint }, desk) => {
    const key = await desk.revoke(id);
    show(
      [
        `${paint.failure('✕')} ${key.redacted_key} is revoked: it opens nothing any more.`,
        'Next: tender keys',
      ],
      key,
    );
  });
}

/** The key itself is all of a line, so that it can be copied by a double click. */
function newKeyLines(key: ShownKey, { strong, quiet }: Paint): string[] {
  const name = key.name === null ? '' : `, ${key.name}`;
  const once =
    key.type === 'publishable'
      ? 'It is no secret: it goes into pages.'
      : 'It is shown this once. Keep it as a password.';
  return [`${key.type} key${name}  ${quiet(key.id)}`, '', strong(key.secret ?? ''), '', once];
}

function nextOf(key: ShownKey): string {
  return key.type === 'publishable'
    ? 'Next: put it into your page.'
    : 'Next: put it into your server’s environment, such as TENDER_SECRET_KEY.';
}

function fieldsOf({ name = '', type, permissions }: CreateOptions): KeyFields {
  const kind = KINDS.find((one) => one === type);
  if (kind === undefined)
    throw new CommandFailure(`--type is one of ${KINDS.join(', ')}, not “${type}”.`);
  if (name.length > NAME_CHARS_MAX)
    throw new CommandFailure(`--name has up to ${NAME_CHARS_MAX} characters.`);
  if (permissions !== undefined && kind !== 'restricted')
    throw new CommandFailure('Only restricted keys have --permissions.');
  if (kind === 'restricted' && permissions === undefined)
    throw new CommandFailure(
      'A restricted key does what --permissions names: charge=read,payment_intent=write.',
    );
  const allowed = permissions === undefined ? null : permissionsOf(permissions);
  return { kind, name: name === '' ? null : name, permissions: allowed };
}

/** `charge=read,payment_intent=write`. Throws CommandFailure. */
function permissionsOf(text: string): Permissions {
  const known = new Set(resourcesOf(ROUTES).values());
  const pairs = text.split(/[\s,]+/).filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair): [string, Access] => {
      const [name = '', word = '', ...rest] = pair.split('=');
      const level = ACCESS_LEVELS.find((one) => one === word);
      if (level === undefined || rest.length > 0)
        throw new CommandFailure(
          `--permissions takes name=read or name=write, by commas; not “${pair}”.`,
        );
      if (!known.has(name))
        throw new CommandFailure(
          `There is no permission “${name}”. There are ${[...known].sort().join(', ')}.`,
        );
      return [name, level];
    }),
  );
}

function hoursOf(text: string): number {
  const hours = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (hours <= ROLL_HOURS_MAX) return hours;
  throw new CommandFailure(`--hours is a number from 0 to ${ROLL_HOURS_MAX}, not “${text}”.`);
}

/**
 * Works at the desk of a running server: the one that is named, or that has the data folder open.
 * Without one it works on the store itself, which a file lends to one process at a time. `check`
 * throws before anything is opened.
 */
function atDesk(
  options: ServerOptions,
  work: (session: MerchantSession, desk: KeyDesk) => Promise<void>,
  check: () => unknown = () => undefined,
): Promise<void> {
  return withMerchant(options, async (session) => {
    check();
    const { data } = walletPlace(options, process.env);
    const isServed = options.url !== undefined || (await serverOn(data)) !== null;
    if (isServed) return work(session, servedDesk(session.api));
    const config = configuration(options.data === undefined ? {} : { data: options.data });
    demandData(config);
    await withStore(config, 'tender keys', async ({ engine }) =>
      work(session, await storeDesk(config, engine, keyOf(options, config))),
    );
  });
}

/** Who can open the store needs no key to prove anything: it says which account is meant. */
function keyOf({ key }: ServerOptions, { apiKeys }: Config): string {
  const first = apiKeys?.find((one) => keyParts(one.key)?.kind === 'secret');
  return key || process.env.TENDER_SECRET_KEY || first?.key || DEFAULT_KEY;
}
