import type { Rule } from '../../../domain/rules.js';
import { parsePredicate } from '../../../domain/rules-parse.js';
import type { Command } from '../../../engine/command.js';
import { createRule, deleteRule, rulesOf } from '../../../engine/rules.js';
import { stripeError } from '../errors.js';
import { parseExpansion } from '../expansion.js';
import type { Infer } from '../params.js';
import {
  errorReply,
  idOf,
  missingInPath,
  objectReply,
  Refusal,
  type StripeReply,
  type StripeRequest,
} from '../request.js';
import { type Route, route } from '../route.js';
import { retrieveOnly } from '../schema/fields.js';
import { ruleCreate } from '../schema/rules.js';
import { ruleView } from '../view/rule.js';
import type { WireObject } from '../view/view.js';
import { invalidRequest } from '../wire-error.js';

const PATH = '/v1/radar/rules';

type Sent = Infer<typeof retrieveOnly>;

/** A rule leads to no other object. */
function demandNoExpansion({ expand = [] }: Sent, { view }: StripeRequest, isList = false): void {
  const parsed = parseExpansion(null, expand, isList, view.version);
  if (!parsed.ok) throw new Refusal(parsed.error);
}

function change(
  request: StripeRequest,
  command: Command<Rule>,
  shown: (rule: Rule) => WireObject,
): Promise<StripeReply> {
  const { account, requestId, idempotency, view } = request;
  return request.engine.call(command, {
    account,
    requestId,
    idempotency,
    render: (decision) =>
      decision.end === 'done'
        ? objectReply(shown(decision.value))
        : errorReply(stripeError(decision.failure, view)),
  });
}

function create(sent: Infer<typeof ruleCreate>, request: StripeRequest) {
  demandNoExpansion(sent, request);
  const { action, predicate: text } = sent;
  const read = parsePredicate(text);
  if ('fault' in read) throw new Refusal(invalidRequest(read.fault, 'predicate'));
  const command = createRule(request.account, { action, text, predicate: read.predicate });
  return change(request, command, (rule) => ruleView(rule, request.view));
}

function remove(sent: Sent, request: StripeRequest) {
  demandNoExpansion(sent, request);
  const command = deleteRule(request.account, idOf(request));
  return change(request, command, ({ id }) => ({ id, object: 'radar.rule', deleted: true }));
}

function stored({ engine, account }: StripeRequest): Promise<readonly Rule[]> {
  return engine.read(
    account,
    () => {},
    (rows) => rulesOf(rows.account()),
  );
}

async function listAll(sent: Sent, request: StripeRequest) {
  demandNoExpansion(sent, request, true);
  const data = (await stored(request)).map((rule) => ruleView(rule, request.view)).reverse();
  return objectReply({ object: 'list', data, has_more: false, url: PATH });
}

async function retrieve(sent: Sent, request: StripeRequest) {
  demandNoExpansion(sent, request);
  const id = idOf(request);
  const rule = (await stored(request)).find((one) => one.id === id);
  if (rule === undefined) return missingInPath(request, 'rule', id);
  return objectReply(ruleView(rule, request.view));
}

export const RULE_ROUTES: readonly Route[] = [
  route('POST', PATH, ruleCreate, create, {
    matches: 'an addition: `block`, `review` or `allow` payments by card',
  }),
  route('GET', PATH, retrieveOnly, listAll, { matches: 'an addition: all of them, newest first' }),
  route('GET', `${PATH}/:id`, retrieveOnly, retrieve, { matches: 'an addition' }),
  route('DELETE', `${PATH}/:id`, retrieveOnly, remove, {
    matches: 'an addition: charges go on naming it',
  }),
];
