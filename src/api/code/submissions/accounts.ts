import { clone, toBinary } from '@bufbuild/protobuf';
import { toBase58 } from '../../../wire/code/base58.js';
import { AccountType } from '../../../wire/code/proto/code/common/v1/common_pb.js';
import {
  type Action,
  type EstablishRelationshipMetadata,
  type OpenAccountAction,
  OpenAccountActionSchema,
} from '../../../wire/code/proto/code/transaction/v2/transaction_pb.js';
import { readDomain } from '../domains.js';
import { isSignedBy } from '../signatures.js';
import { invalid, ofAction, type Refusal } from './refusals.js';

/** A wallet that a domain shall know an owner by. */
export interface RelationshipDraft {
  readonly domain: string;
  /** The key of the wallet, base58. */
  readonly address: string;
}

/**
 * Checks what opens an owner's accounts: the primary one is among them, its authority the owner.
 * The others, which private payments need, have no counterpart here. Null where nothing is wrong.
 */
export function openingFault(owner: Uint8Array, actions: readonly Action[]): Refusal | null {
  const opens = openings(actions);
  if (!Array.isArray(opens)) return opens;
  const at = opens.findIndex(({ accountType }) => accountType === AccountType.PRIMARY);
  const primary = opens[at];
  if (primary === undefined) return invalid('open account action for PRIMARY account type missing');
  if (!isSame(primary.owner?.value, owner)) return ofAction(at, `owner must be ${toBase58(owner)}`);
  return isSame(primary.authority?.value, owner)
    ? null
    : ofAction(at, `authority must be ${toBase58(owner)}`);
}

/** Reads what opens the account of a relationship; its own key has to have signed that. */
export async function readRelationship(
  owner: Uint8Array,
  { relationship }: EstablishRelationshipMetadata,
  actions: readonly Action[],
): Promise<RelationshipDraft | Refusal> {
  if (relationship?.type.case !== 'domain') return invalid('relationship is nil');
  const domain = readDomain(relationship.type.value.value);
  if ('fault' in domain) return invalid('domain is invalid');
  const opens = openings(actions);
  if (!Array.isArray(opens)) return opens;
  const [open] = opens;
  if (open === undefined || opens.length > 1) return invalid('must open one account');
  if (open.accountType !== AccountType.RELATIONSHIP)
    return ofAction(0, 'account type must be RELATIONSHIP');
  if (!isSame(open.owner?.value, owner)) return ofAction(0, `owner must be ${toBase58(owner)}`);
  const authority = open.authority?.value ?? new Uint8Array();
  if (isSame(authority, owner)) return ofAction(0, 'authority cannot be the owner');
  // In the canonical form: what a transport has kept is of the whole call, not of this part.
  const unsigned = clone(OpenAccountActionSchema, open);
  unsigned.authoritySignature = undefined;
  const bytes = toBinary(OpenAccountActionSchema, unsigned);
  const signature = open.authoritySignature?.value ?? new Uint8Array();
  if (!(await isSignedBy(authority, bytes, signature)))
    return ofAction(0, 'authority signature is invalid');
  return { domain: domain.base, address: toBase58(authority) };
}

function openings(actions: readonly Action[]): OpenAccountAction[] | Refusal {
  const opens: OpenAccountAction[] = [];
  for (const [i, { id, type }] of actions.entries()) {
    if (id !== i) return ofAction(i, `action id must be ${i}`);
    if (type.case === 'openAccount') opens.push(type.value);
    else if (type.case !== 'closeDormantAccount') return ofAction(i, 'unexpected action');
  }
  return opens;
}

function isSame(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.from(one).equals(other);
}
