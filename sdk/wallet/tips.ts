import { toBase58 } from '../../src/wire/code/base58.js';
import { KEY_BYTES } from '../../src/wire/code/payload.js';
import {
  GetTwitterUserResponse_Result,
  Identity,
} from '../../src/wire/code/proto/code/user/v1/user_pb.js';
import { WalletError } from './errors.js';
import type { TipOffer } from './offers.js';
import type { Means } from './wallet.js';

/** Looks up whom a user name belongs to. Throws WalletError `not_found`. */
export async function findTipped({ transport }: Means, username: string): Promise<TipOffer> {
  const { result, twitterUser } = await transport.call(Identity.method.getTwitterUser, {
    query: { case: 'username', value: username },
  });
  const address = twitterUser?.tipAddress?.value ?? new Uint8Array();
  if (result !== GetTwitterUserResponse_Result.OK || address.length !== KEY_BYTES) {
    throw new WalletError('not_found', `Nobody called ${username} takes tips here.`);
  }
  const name = twitterUser?.name || username;
  return { kind: 'tip', username, name, destination: toBase58(address) };
}
