import { Code, ConnectError } from '@connectrpc/connect';
import { INSTALLATION, type TipUser } from '../../../domain/rendezvous.js';
import type { Engine } from '../../../engine/engine.js';
import { type LoginEnd, logIn, userOf } from '../../../engine/logins.js';
import { isSubmitted } from '../../../engine/requests.js';
import { isTipUsername, tipUserId } from '../../../engine/tip-users.js';
import { toBase58 } from '../../../wire/code/base58.js';
import {
  GetLoginForThirdPartyAppRequestSchema,
  type GetTwitterUserRequest,
  GetTwitterUserResponse_Result,
  type Identity,
  GetLoginForThirdPartyAppResponse_Result as LoginFound,
  LoginToThirdPartyAppResponse_Result as LoginResult,
  LoginToThirdPartyAppRequestSchema,
  TwitterUser_VerifiedType,
} from '../../../wire/code/proto/code/user/v1/user_pb.js';
import { callEngine } from '../call.js';
import type { Domains } from '../domains.js';
import { submittedMessage } from '../own-message.js';
import { ownWallets, readRendezvous } from '../requests/stored.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';
import { demandSigned, keyField } from '../signed-call.js';
import { wireKey } from '../wire-key.js';

/** The field of the signature in the calls of logins. */
const SIGNATURE_FIELD = 3;

const LOGIN_RESULTS: Readonly<Record<LoginEnd, LoginResult>> = {
  ok: LoginResult.OK,
  request_not_found: LoginResult.REQUEST_NOT_FOUND,
  payment_required: LoginResult.PAYMENT_REQUIRED,
  login_not_supported: LoginResult.LOGIN_NOT_SUPPORTED,
  different_login_exists: LoginResult.DIFFERENT_LOGIN_EXISTS,
  invalid_account: LoginResult.INVALID_ACCOUNT,
};

/**
 * The Identity service: logins and tipped users. What is about telephone numbers (`getUser`,
 * `linkAccount`, `unlinkAccount`, `updatePreferences`) is not offered.
 */
export function identityService(
  deps: CodeDependencies,
  domains: Domains,
): Service<typeof Identity> {
  const { engine } = deps;

  /** Refuses a key that does not speak for a request's domain. */
  async function demandOwnership(domain: string, verifier: string): Promise<void> {
    const fault = await domains.check(domain, verifier);
    if (fault === null) return;
    const isOther = fault.code === 'permission_denied';
    const text = isOther ? `${verifier} does not own the domain for the login` : fault.text;
    throw new ConnectError(text, Code.Unauthenticated);
  }

  return {
    loginToThirdPartyApp: async (call, { received }) => {
      const id = toBase58(keyField('LoginToThirdPartyAppRequest.IntentId', call.intentId));
      const user = keyField('LoginToThirdPartyAppRequest.UserId', call.userId);
      const schema = LoginToThirdPartyAppRequestSchema;
      await demandSigned(user, { schema, call, received, field: SIGNATURE_FIELD });
      const command = logIn(id, toBase58(user), submittedMessage(id));
      return { result: LOGIN_RESULTS[await callEngine(engine, command)] };
    },

    getLoginForThirdPartyApp: async (call, { received }) => {
      const id = toBase58(keyField('GetLoginForThirdPartyAppRequest.IntentId', call.intentId));
      const verifier = keyField('GetLoginForThirdPartyAppRequest.Verifier', call.verifier);
      const schema = GetLoginForThirdPartyAppRequestSchema;
      // The published server left this out: whoever knew the public key could read who logged in.
      await demandSigned(verifier, { schema, call, received, field: SIGNATURE_FIELD });
      const found = await readRendezvous(engine, id);
      const { request, submission } = found;
      if (request === null) return { result: LoginFound.REQUEST_NOT_FOUND };
      if (request.domain === null || request.verifier === null)
        return { result: LoginFound.LOGIN_NOT_SUPPORTED };
      await demandOwnership(request.domain, toBase58(verifier));
      const isPaid = submission !== null && isSubmitted(found);
      const user = userOf(request, isPaid ? await ownWallets(engine, submission.owner) : []);
      if (user === null) return { result: LoginFound.NO_USER_LOGGED_IN };
      return { result: LoginFound.OK, userId: wireKey(user) };
    },

    getTwitterUser: async ({ query }) => {
      const user = await tippedUser(engine, query);
      if (user === null) return { result: GetTwitterUserResponse_Result.NOT_FOUND };
      return {
        result: GetTwitterUserResponse_Result.OK,
        twitterUser: {
          tipAddress: wireKey(user.address),
          username: user.id.slice(user.id.indexOf('/') + 1),
          name: user.name,
          profilePicUrl: '',
          verifiedType: TwitterUser_VerifiedType.NONE,
          followerCount: 0,
        },
      };
    },
  };
}

async function tippedUser(
  engine: Pick<Engine, 'read'>,
  query: GetTwitterUserRequest['query'],
): Promise<TipUser | null> {
  switch (query.case) {
    case 'username': {
      if (!isTipUsername(query.value)) return null;
      const id = tipUserId('x', query.value);
      return engine.read(
        INSTALLATION,
        (need) => void need('tip_users', id),
        (rows) => rows.get('tip_users', id),
      );
    }
    case 'tipAddress': {
      const address = toBase58(keyField('GetTwitterUserRequest.TipAddress', query.value));
      const users = await engine.read(
        INSTALLATION,
        (need) => void need.list('tip_users', 'address', address),
        (rows) => rows.list('tip_users', 'address', address),
      );
      return users.find(({ id }) => id.startsWith('x/')) ?? null;
    }
    default:
      throw new ConnectError('req.query must be set', Code.InvalidArgument);
  }
}
