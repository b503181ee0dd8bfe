import { moment } from './moment.js';
import { type Mark, marksOf, standingOf } from './show-marks.js';
import type { Delivery, PaymentRecord } from './show-record.js';
import { amountText } from './tail-rows.js';
import { columns, type Paint } from './terminal.js';

/** Characters of `2026-11-21`, a space and a time of day. */
const DAY_CHARS = 10;
const TIME_CHARS = 8;

/** A payment as lines for a person: how it stands in each dialect, and how it came to that. */
export function timelineLines(record: PaymentRecord, paint: Paint): string[] {
  const marks = marksOf(record.events);
  const refunded = refundedBy(record);
  const { intent } = record;
  const [shape, word] = standingOf(intent, refunded);
  const sum = amountText(intent.amount, intent.currency);
  return [
    '',
    `${paint.strong(intent.id)}  ${sum}  ${shape} ${word}`,
    ...(intent.description === null ? [] : [paint.quiet(intent.description)]),
    '',
    ...standings(record, marks, paint).map((line) => `  ${line}`),
    '',
    ...drawn(marks, record, paint),
    '',
    ...(record.isPartial ? [PARTIAL] : []),
    nextStep(record),
  ];
}

const PARTIAL =
  'The account has had many other events since: some of this payment’s may be left out.';

function refundedBy({ events }: PaymentRecord): number {
  const charge = events.findLast(
    ({ data }) => (data.object as { object: string }).object === 'charge',
  );
  return (charge?.data.object as { amount_refunded?: number } | undefined)?.amount_refunded ?? 0;
}

function standings(
  { intent, dojo }: PaymentRecord,
  marks: readonly Mark[],
  paint: Paint,
): string[] {
  const code = marks.at(-1)?.words.code;
  return columns([
    [paint.quiet('Stripe'), intent.status, paint.quiet(intent.id)],
    ...(dojo === null ? [] : [[paint.quiet('Dojo'), dojo.status, paint.quiet(dojo.id)]]),
    ...(code === undefined ? [] : [[paint.quiet('Code'), code]]),
  ]);
}

/** One vertical line from creation on; each mark with the words of all dialects beside it. */
function drawn(marks: readonly Mark[], record: PaymentRecord, paint: Paint): string[] {
  const { quiet, failure, accent, strong } = paint;
  const tones = { good: accent, bad: failure, plain: (text: string) => text };
  const rows = marks.map((mark, index) => {
    const { shape, tone, text, words } = mark;
    const time = moment(mark.at).slice(DAY_CHARS + 1);
    const line = `${bend(index, marks.length)}─${tones[tone](shape)}`;
    return [quiet(time), line, text, quiet(words.stripe), quiet(words.dojo), quiet(words.code)];
  });
  const heads = ['', '', '', 'Stripe', 'Dojo', 'Code'].map((head) => strong(head));
  const [head = '', ...lines] = columns([heads, ...rows]);
  let day = '';
  const drawing = marks.flatMap((mark, index) => {
    const today = moment(mark.at).slice(0, DAY_CHARS);
    const isNew = today !== day;
    day = today;
    const isLast = index === marks.length - 1;
    const below = deliveryLines(mark, record, paint).map(
      (text) => `${' '.repeat(TIME_CHARS + 2)}${isLast ? ' ' : '│'}   ${text}`,
    );
    return [...(isNew ? [quiet(today)] : []), lines[index] ?? '', ...below];
  });
  return [head, ...drawing].map((line) => `  ${line}`.trimEnd());
}

function bend(index: number, count: number): string {
  if (count === 1) return '─';
  if (index === 0) return '┌';
  return index === count - 1 ? '└' : '├';
}

function deliveryLines(mark: Mark, record: PaymentRecord, { quiet, failure }: Paint): string[] {
  return record.deliveries
    .filter(({ event }) => event === mark.event)
    .map((delivery) => {
      const url = record.endpoints.get(delivery.webhook_endpoint) ?? '';
      const text = `↳ ${outcome(delivery)}  ${url}`;
      return delivery.status === 'succeeded' ? quiet(text) : failure(text);
    });
}

function outcome({ status, attempts }: Delivery): string {
  const last = attempts.at(-1);
  const words = { succeeded: 'delivered', pending: 'not delivered yet', failed: 'given up' };
  if (last === undefined) return words[status];
  const tries = attempts.length === 1 ? '' : ` at try ${attempts.length}`;
  return `${words[status]}${tries}, ${last.error ?? last.http_status} in ${last.duration_ms} ms`;
}

function nextStep({ intent, deliveries }: PaymentRecord): string {
  const late = deliveries.find(({ status }) => status !== 'succeeded');
  if (late !== undefined)
    return `Next: see why ${late.webhook_endpoint} does not take ${late.event}.`;
  if (intent.status === 'requires_capture')
    return `Next: capture it, POST /v1/payment_intents/${intent.id}/capture`;
  return 'Next: tender tail shows what happens from now on.';
}
