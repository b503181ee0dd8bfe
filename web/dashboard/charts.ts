import { element } from '../frames/elements.js';
import { draw } from '../ui/drawing.js';
import { type Column, table } from './parts.js';
import { scaleTo } from './scale.js';

/** A day, or whatever else stands along the lower edge. */
export interface Point {
  readonly label: string;
  readonly value: number;
}

interface Chart {
  readonly title: string;
  readonly points: readonly Point[];
  /** A value as words, on the axis and in the table. */
  readonly shown: (value: number) => string;
  readonly axis: (value: number) => string;
  /** The name of the values, for the table. */
  readonly unit: string;
  readonly kind: 'bars' | 'line';
  /** The end of the axis where it does not follow from the values: 1 for shares. */
  readonly end?: number;
}

const HEIGHT = 200;
const ABOVE = 20;
const BELOW = 24;
const LEFT = 56;
const RIGHT = 12;
/** What the label of a day needs, in px. */
const LABEL_WIDTH = 64;

function text(x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end'): SVGElement {
  const made = draw('text', { x: x.toFixed(1), y: y.toFixed(1), 'text-anchor': anchor });
  made.textContent = words;
  return made;
}

/** The lines of the axis with their figures. */
function drawAxis(
  { axis }: Chart,
  ticks: readonly number[],
  width: number,
  y: (v: number) => number,
) {
  return ticks.flatMap((tick) => {
    const at = y(tick).toFixed(1);
    const line = { x1: String(LEFT), x2: String(width - RIGHT), y1: at, y2: at };
    return [
      draw('line', { ...line, class: 'grid' }),
      text(LEFT - 8, y(tick) + 4, axis(tick), 'end'),
    ];
  });
}

/** The chart at a width: what is drawn is not scaled, so that its words stay readable. */
function drawChart(chart: Chart, width: number): SVGElement {
  const { points, shown, kind, end } = chart;
  const most = Math.max(0, ...points.map(({ value }) => value));
  const scale = end === undefined ? scaleTo(most) : { end, ticks: [0, end / 2, end] };
  const y = (value: number): number =>
    HEIGHT - BELOW - (value / scale.end) * (HEIGHT - ABOVE - BELOW);
  const step = (width - LEFT - RIGHT) / Math.max(1, points.length);
  const x = (at: number): number => LEFT + step * (at + 0.5);
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / step));
  const labels = points.flatMap(({ label }, at) =>
    at % every === 0 ? [text(x(at), HEIGHT - 6, label, 'middle')] : [],
  );
  const marks =
    kind === 'line'
      ? [draw('path', { class: 'line', d: pathOf(points, x, y) })]
      : points.map(({ value }, at) => {
          const wide = Math.max(1, step - 2);
          const place = { x: (x(at) - wide / 2).toFixed(1), y: y(value).toFixed(1) };
          const high = Math.max(0, y(0) - y(value)).toFixed(1);
          return draw('rect', { ...place, width: wide.toFixed(1), height: high, class: 'bar' });
        });
  // The highest is named where it stands: no legend to look it up in.
  const top = points.findIndex(({ value }) => value === most);
  const named = points[kind === 'line' ? points.length - 1 : top];
  const at = kind === 'line' ? points.length - 1 : top;
  const anchor = x(at) > width - 80 ? 'end' : x(at) < LEFT + 40 ? 'start' : 'middle';
  const label =
    named === undefined || most === 0
      ? []
      : [
          text(
            anchor === 'end' ? width - RIGHT : x(at),
            y(named.value) - 6,
            shown(named.value),
            anchor,
          ),
        ];
  for (const each of label) each.setAttribute('class', 'direct');
  const frame = { width: String(width), height: String(HEIGHT), 'aria-hidden': 'true' };
  return draw(
    'svg',
    frame,
    ...drawAxis(chart, scale.ticks, width, y),
    ...marks,
    ...labels,
    ...label,
  );
}

function pathOf(points: readonly Point[], x: (at: number) => number, y: (v: number) => number) {
  return points
    .map(({ value }, at) => `${at === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
}

/** A chart that can be turned into the table of its numbers. */
export interface ChartPanel {
  readonly node: HTMLElement;
  /** Shows the numbers, or the drawing again. */
  turn(isTable: boolean): void;
  leave(): void;
}

/** A panel with a chart, drawn anew where its width changes. */
export function makeChart(chart: Chart): ChartPanel {
  const { title, points, shown, unit } = chart;
  const place = element('div', { class: 'chart', role: 'img', 'aria-label': summaryOf(chart) });
  const columns: Column<Point>[] = [
    { name: 'Day', cell: ({ label }) => label },
    { name: unit, cell: ({ value }) => shown(value), isFigure: true },
  ];
  const numbers = table(title, columns, [...points].reverse());
  numbers.hidden = true;
  const watch = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width > 0) place.replaceChildren(drawChart(chart, width));
  });
  watch.observe(place);
  const node = element('section', { class: 'panel' }, element('h2', {}, title), place, numbers);
  return {
    node,
    turn: (isTable) => {
      place.hidden = isTable;
      numbers.hidden = !isTable;
    },
    leave: () => watch.disconnect(),
  };
}

/** What a reader who does not see the chart is told of it. */
function summaryOf({ title, points, shown }: Chart): string {
  const last = points.at(-1);
  const values = points.map(({ value }) => value);
  if (last === undefined) return `${title}: no days yet.`;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${title}: ${points.length} days, from ${shown(least)} to ${shown(most)}; ${
    last.label
  }: ${shown(last.value)}. Press t for the numbers.`;
}

/** Bars beside their names, longest first as given: a funnel, or why payments failed. */
export function barList(
  rows: readonly { readonly name: string; readonly value: number; readonly note: string }[],
): HTMLElement {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  const items = rows.map(({ name, value, note }) => {
    const bar = draw('rect', { width: `${(100 * value) / most}%`, height: '8', rx: '2' });
    const drawing = draw('svg', { class: 'bar-of', height: '8', 'aria-hidden': 'true' }, bar);
    const words = element('div', {}, element('span', {}, name), element('strong', {}, note));
    return element('li', {}, words, drawing);
  });
  return element('ol', { class: 'bar-list' }, ...items);
}
