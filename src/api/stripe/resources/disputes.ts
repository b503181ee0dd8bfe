import type { Dispute, Evidence } from '../../../domain/dispute.js';
import type { Command, Need } from '../../../engine/command.js';
import { closeDispute, type DisputeChanges, updateDispute } from '../../../engine/disputes.js';
import { DISPUTE, EARLY_FRAUD_WARNING } from '../objects.js';
import type { Infer } from '../params.js';
import {
  act,
  changedMetadata,
  equals,
  idOf,
  list,
  missingInPath,
  objectReply,
  plainJson,
  Refusal,
  type StripeRequest,
  show,
  within,
} from '../request.js';
import { type Route, route } from '../route.js';
import {
  disputeClose,
  disputeList,
  disputeRetrieve,
  disputeUpdate,
  earlyFraudWarningList,
  earlyFraudWarningRetrieve,
} from '../schema/disputes.js';
import { invalidRequest } from '../wire-error.js';

type Expanding = { readonly expand?: readonly string[] };

async function retrieve(id: string, { expand }: Expanding, request: StripeRequest) {
  const object = await show(request, DISPUTE, id, expand);
  return object === null ? missingInPath(request, 'dispute', id) : objectReply(object);
}

function actOn(
  id: string,
  command: Command<Dispute>,
  { expand }: Expanding,
  request: StripeRequest,
) {
  const before = (need: Need) => need('disputes', id);
  return act(request, command, { kind: DISPUTE, expand, before });
}

function update(id: string, sent: Infer<typeof disputeUpdate>, request: StripeRequest) {
  const { evidence, metadata, intended_submission_method: submissionMethod } = sent;
  const changes: DisputeChanges = {
    // Evidence that is not said to be a draft goes to the bank at once.
    submit: sent.submit ?? evidence !== undefined,
    ...(evidence === undefined ? {} : { evidence: plainJson(evidence) as Evidence }),
    ...(metadata === undefined ? {} : { metadata: changedMetadata(metadata) }),
    ...(submissionMethod === undefined ? {} : { submissionMethod }),
  };
  return actOn(id, updateDispute(request.account, id, changes), sent, request);
}

function close(id: string, sent: Expanding, request: StripeRequest) {
  return actOn(id, closeDispute(request.account, id), sent, request);
}

/** The dispute of the charge in the path, of which there is one at most. */
async function disputeOfCharge(request: StripeRequest): Promise<string> {
  const charge = idOf(request);
  const attempt = await request.engine.read(
    request.account,
    (need) => void need('attempts', charge),
    (rows) => rows.get('attempts', charge),
  );
  if (attempt === null) return missingInPath(request, 'attempt', charge);
  if (attempt.dispute !== null) return attempt.dispute;
  throw new Refusal({ ...invalidRequest(`No dispute for charge: ${charge}`), status: 404 });
}

/** How many disputes a charge has, as recorded of the live API. */
function countDisputes(charge: string, request: StripeRequest): Promise<{ count: number }> {
  return request.engine.read(
    request.account,
    (need) => void need.list('disputes', 'attempt', charge),
    (rows) => ({ count: rows.list('disputes', 'attempt', charge).length }),
  );
}

function about(sent: Infer<typeof disputeList>) {
  return [
    ...equals('attempt', sent.charge),
    ...equals('intent', sent.payment_intent),
    ...within('created', sent.created),
  ];
}

const PATH = '/v1/disputes';
const OF_CHARGE = '/v1/charges/:id/dispute';
const WARNINGS = '/v1/radar/early_fraud_warnings';

export const DISPUTE_ROUTES: readonly Route[] = [
  route(
    'GET',
    PATH,
    disputeList,
    async (sent, request) => {
      const extra = sent.charge === undefined ? {} : await countDisputes(sent.charge, request);
      return list(request, { kind: DISPUTE, url: PATH, conditions: about(sent), extra }, sent);
    },
    { matches: 'charge, payment intent, created' },
  ),
  route('GET', `${PATH}/:id`, disputeRetrieve, (sent, request) =>
    retrieve(idOf(request), sent, request),
  ),
  route(
    'POST',
    `${PATH}/:id`,
    disputeUpdate,
    (sent, request) => update(idOf(request), sent, request),
    {
      matches: 'evidence is submitted unless `submit` is false; the magic texts decide after 5 s',
      deviates: 'other evidence stays under review; files are kept by id, and not looked at',
    },
  ),
  route(
    'POST',
    `${PATH}/:id/close`,
    disputeClose,
    (sent, request) => close(idOf(request), sent, request),
    { matches: '`lost` at once; an inquiry becomes `warning_closed`' },
  ),
  route('GET', OF_CHARGE, disputeRetrieve, async (sent, request) =>
    retrieve(await disputeOfCharge(request), sent, request),
  ),
  route('POST', OF_CHARGE, disputeUpdate, async (sent, request) =>
    update(await disputeOfCharge(request), sent, request),
  ),
  route('POST', `${OF_CHARGE}/close`, disputeClose, async (sent, request) =>
    close(await disputeOfCharge(request), sent, request),
  ),
  route(
    'GET',
    WARNINGS,
    earlyFraudWarningList,
    (sent, request) =>
      list(request, { kind: EARLY_FRAUD_WARNING, url: WARNINGS, conditions: about(sent) }, sent),
    { matches: 'charge, payment intent, created' },
  ),
  route('GET', `${WARNINGS}/:id`, earlyFraudWarningRetrieve, async (sent, request) => {
    const id = idOf(request);
    const object = await show(request, EARLY_FRAUD_WARNING, id, sent.expand);
    return object === null ? missingInPath(request, 'warning', id) : objectReply(object);
  }),
];
