import { drawKikcode } from '../../src/wire/code/kikcode-svg.js';
import { draw, drawMark } from '../ui/drawing.js';

const ROUND_SIZE = 320;

/** A payload as the round code that Code's own app reads: light marks on a dark disc. */
export function drawRound(payload: Uint8Array): SVGElement {
  const { discRadius, path, strokeWidth } = drawKikcode(payload, ROUND_SIZE);
  const half = ROUND_SIZE / 2;
  const middle = { cx: String(half), cy: String(half) };
  const mark = drawMark();
  const side = discRadius * 1.4;
  for (const [name, value] of Object.entries({ x: half - side / 2, y: half - side / 2 }))
    mark.setAttribute(name, String(value));
  mark.setAttribute('width', String(side));
  mark.setAttribute('height', String(side));
  return draw(
    'svg',
    {
      viewBox: `0 0 ${ROUND_SIZE} ${ROUND_SIZE}`,
      role: 'img',
      'aria-label': 'Round scan code',
      class: 'round',
    },
    draw('circle', { ...middle, r: String(half), fill: '#14201b' }),
    draw('path', {
      d: path,
      fill: 'none',
      stroke: '#fbfaf6',
      'stroke-width': String(strokeWidth),
      'stroke-linecap': 'round',
    }),
    draw('circle', { ...middle, r: String(discRadius), fill: '#fbfaf6' }),
    mark,
  );
}
