import { DISPUTE_LIFECYCLE, type Dispute, EVIDENCE_FIELDS } from '../../domain/dispute.js';
import { step } from '../../domain/lifecycle.js';
import { closeDispute, updateDispute } from '../../engine/disputes.js';
import { flagIn, type Members, textIn } from './body.js';
import { invalid, missing } from './fault.js';
import { moneyOf } from './intent-row.js';
import { type AdminRequest, act, idIn, pageOf, pageReply } from './request.js';
import { changing, type Route, reading } from './route.js';
import type { DisputeRow, Page } from './schema.js';

/** As Stripe's API limits a text of evidence. */
const EVIDENCE_CHARS_MAX = 20_000;

function disputeRow(dispute: Dispute): DisputeRow {
  const { id, created, intent, amount, currency, state, reason, dueBy, evidence } = dispute;
  const isOpen = step(DISPUTE_LIFECYCLE, state, 'respond') !== null;
  const texts = Object.entries(evidence).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return {
    id,
    createdMs: created * 1000,
    intent,
    amount: moneyOf(amount, currency),
    state,
    reason,
    dueMs: isOpen ? dueBy * 1000 : null,
    evidence: Object.fromEntries(texts),
  };
}

async function list(request: AdminRequest): Promise<Page<DisputeRow>> {
  const { engine, account } = request;
  const { limit, ...place } = pageOf(request);
  const asked = { table: 'disputes', account, conditions: [], limit: limit + 1, ...place } as const;
  return pageReply(await engine.page(asked), limit, disputeRow);
}

async function show(request: AdminRequest): Promise<DisputeRow> {
  const { engine, account } = request;
  const id = idIn(request);
  const dispute = await engine.read(
    account,
    (need) => void need('disputes', id),
    (rows) => rows.get('disputes', id),
  );
  if (dispute === null) throw missing('dispute');
  return disputeRow(dispute);
}

function evidenceIn(from: Members): Record<string, string> {
  const known: readonly string[] = EVIDENCE_FIELDS;
  return Object.fromEntries(
    Object.keys(from).map((name) => {
      if (!known.includes(name)) throw invalid(`${name.slice(0, 50)} is no kind of evidence.`);
      return [name, textIn(from, name, EVIDENCE_CHARS_MAX) ?? ''];
    }),
  );
}

async function answer(request: AdminRequest): Promise<DisputeRow> {
  const id = idIn(request);
  const { evidence: sent = {} } = request.body;
  if (typeof sent !== 'object' || sent === null) throw invalid('evidence is no object.');
  const evidence = evidenceIn(sent as Members);
  const isFinal = flagIn(request.body, 'submit') ?? false;
  const command = updateDispute(request.account, id, { evidence, submit: isFinal });
  const fields = Object.keys(evidence).join(', ');
  const action = isFinal ? 'dispute.submit' : 'dispute.evidence';
  return disputeRow(await act(request, command, action, id, { fields }));
}

async function accept(request: AdminRequest): Promise<DisputeRow> {
  const id = idIn(request);
  return disputeRow(await act(request, closeDispute(request.account, id), 'dispute.accept', id));
}

/** Disputes with their evidence. */
export const DISPUTE_ROUTES: readonly Route[] = [
  reading('/disputes', 'Disputes, newest first', list),
  reading('/disputes/:id', 'One dispute', show),
  changing('operator', '/disputes/:id/evidence', 'Keep evidence, or submit it', answer),
  changing('operator', '/disputes/:id/accept', 'Give a dispute up', accept),
];
