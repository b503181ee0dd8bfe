import { type Destination, INSTALLATION, type TipUser } from '../../../domain/rendezvous.js';
import { claimDestination, releaseDestination } from '../../../engine/destinations.js';
import { isTipUsername, putTipUser, removeTipUser, tipUserId } from '../../../engine/tip-users.js';
import { fromBase58 } from '../../../wire/code/base58.js';
import { KEY_BYTES } from '../../../wire/code/payload.js';
import type { HttpRequest, Mount } from '../../http.js';
import { callEngine } from '../call.js';
import {
  type AdminDependencies,
  answered,
  authorized,
  bodyOf,
  errorReply,
  needsKey,
  notAllowed,
  Refused,
} from './answers.js';
import { claimFault, readClaim } from './claims.js';
import { request as rendezvousRequest } from './requests.js';
import { webhook } from './webhooks.js';

const PREFIX = '/admin/code/';
const NAME_CHARS_MAX = 100;
const LIST_ROWS_MAX = 100;

/** Platforms whose users can be tipped, by the names that the scannable codes' links have. */
const PLATFORMS: ReadonlySet<string> = new Set(['x']);

/**
 * What an operator sets for the dialect, as JSON over HTTP below `/admin/code/`: whose requests
 * are that pay to an address (`destinations`), who is tipped by a user name (`tip_users`), which
 * payment a request is for (`requests`), and how it goes to call merchants (`webhooks`).
 */
export function codeAdminMount(deps: AdminDependencies): Mount {
  return {
    prefix: PREFIX,
    handle: (request) => answered(deps, request, () => answer(deps, request)),
    tooLarge: () => errorReply(413, 'The body is too large.'),
  };
}

async function answer(deps: AdminDependencies, request: HttpRequest): Promise<object> {
  const [kind, ...names] = request.path.slice(PREFIX.length).split('/');
  const [first = '', second = ''] = names;
  if (kind === 'destinations' && names.length === 0) return listDestinations(deps, request);
  if (kind === 'destinations' && names.length === 1) return destination(deps, request, first);
  if (kind === 'tip_users' && names.length === 2) return tipUser(deps, request, first, second);
  if (kind === 'requests' && names.length === 1) return rendezvousRequest(deps, request, first);
  if (kind === 'webhooks' && names.length <= 2) return webhook(deps, request, first, second);
  throw new Refused(404, 'There is nothing here.');
}

async function listDestinations(deps: AdminDependencies, request: HttpRequest): Promise<object> {
  if (request.method !== 'GET') throw notAllowed(request);
  const merchant = await authorized(deps, request);
  const after = new URLSearchParams(request.query).get('after');
  if (after !== null && fromBase58(after, KEY_BYTES) === null)
    throw new Refused(400, 'after must be an address of the page before: 32 bytes in base58.');
  // One more than is answered tells whether there are more.
  const rows = await deps.engine.page({
    table: 'destinations',
    account: INSTALLATION,
    conditions: [{ column: 'merchant', comparison: 'eq', value: merchant }],
    limit: LIST_ROWS_MAX + 1,
    ...(after === null ? {} : { olderThan: after }),
  });
  const data = rows.slice(0, LIST_ROWS_MAX).map(destinationView);
  return { data, has_more: rows.length > LIST_ROWS_MAX };
}

async function destination(
  deps: AdminDependencies,
  request: HttpRequest,
  address: string,
): Promise<object> {
  if (fromBase58(address, KEY_BYTES) === null)
    throw new Refused(400, 'The address must be 32 bytes in base58.');
  const { engine } = deps;
  switch (request.method) {
    case 'PUT': {
      const { merchant, proof } = await claimant(deps, request, address);
      const claimed = await callEngine(engine, claimDestination(merchant, address, proof));
      if (claimed.merchant === merchant) return destinationView(claimed);
      throw new Refused(409, 'The address belongs to another account.');
    }
    case 'GET': {
      const merchant = await authorized(deps, request);
      const found = await engine.read(
        INSTALLATION,
        (need) => void need('destinations', address),
        (rows) => rows.get('destinations', address),
      );
      return owned(found?.merchant === merchant ? found : null);
    }
    case 'DELETE': {
      const merchant = await authorized(deps, request);
      return owned(await callEngine(engine, releaseDestination(merchant, address)));
    }
    default:
      throw notAllowed(request);
  }
}

/** Another account's is no different from none: whose an address is, is nobody else's matter. */
function owned(destination: Destination | null): object {
  if (destination === null) throw new Refused(404, 'The address is not yours.');
  return destinationView(destination);
}

/** Who claims an address: the holder of a secret key, or whom the address's own key names. */
async function claimant(
  deps: AdminDependencies,
  request: HttpRequest,
  address: string,
): Promise<Pick<Destination, 'merchant' | 'proof'>> {
  if (request.headers.authorization !== undefined)
    return { merchant: await authorized(deps, request), proof: 'key' };
  if (request.body.length === 0) throw needsKey();
  const claim = readClaim(bodyOf(request));
  if (typeof claim === 'string') throw new Refused(400, `${claim}.`);
  const fault = await claimFault(address, claim, deps.nowMs());
  if (fault !== null) throw new Refused(403, `Refused: ${fault}.`);
  return { merchant: claim.merchant, proof: 'signature' };
}

async function tipUser(
  deps: AdminDependencies,
  request: HttpRequest,
  platform: string,
  username: string,
): Promise<object> {
  const { engine } = deps;
  const account = await authorized(deps, request);
  // Tipped users are the installation's, not a merchant's.
  if (account !== deps.defaultMerchant)
    throw new Refused(
      403,
      "Tipped users are set with the key of the installation's first account.",
    );
  if (!PLATFORMS.has(platform.toLowerCase()))
    throw new Refused(400, `The platform must be one of: ${[...PLATFORMS].join(', ')}.`);
  if (!isTipUsername(username))
    throw new Refused(400, 'A user name has 1 to 15 letters, digits and underscores.');
  const id = tipUserId(platform, username);
  switch (request.method) {
    case 'PUT':
      return tipUserView(await callEngine(engine, putTipUser(id, tipFields(request))));
    case 'DELETE':
      return orMissing(await callEngine(engine, removeTipUser(id)));
    case 'GET': {
      const found = await engine.read(
        INSTALLATION,
        (need) => void need('tip_users', id),
        (rows) => rows.get('tip_users', id),
      );
      return orMissing(found);
    }
    default:
      throw notAllowed(request);
  }
}

function tipFields(request: HttpRequest): Pick<TipUser, 'address' | 'name'> {
  const { address, name } = bodyOf(request);
  if (typeof address !== 'string' || fromBase58(address, KEY_BYTES) === null)
    throw new Refused(400, 'address must be 32 bytes in base58.');
  if (typeof name !== 'string' || name.length === 0 || name.length > NAME_CHARS_MAX)
    throw new Refused(400, `name must be a text of 1 to ${NAME_CHARS_MAX} characters.`);
  // It is shown in terminals, too.
  if (/[\p{Cc}\p{Cs}]/u.test(name))
    throw new Refused(400, 'name must not hold control characters.');
  return { address, name };
}

function orMissing(user: TipUser | null): object {
  if (user === null) throw new Refused(404, 'There is no such user.');
  return tipUserView(user);
}

function destinationView({ id, merchant, created, proof }: Destination): object {
  return { address: id, merchant, created, proof };
}

function tipUserView({ id, address, name, created }: TipUser): object {
  const [platform, username] = id.split('/');
  return { platform, username, address, name, created };
}
