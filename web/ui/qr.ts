import encodeQR from 'qr';
import { draw } from './drawing.js';

/** Modules of white around a QR code, without which some cameras do not find it. */
const QUIET_MODULES = 4;

/** A text as a QR code: dark on white whatever the page's colours are. `label` is spoken. */
export function drawQr(text: string, label: string): SVGElement {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_MODULES });
  const size = rows.length;
  const path = rows.flatMap((row, y) => bars(row, y)).join('');
  return draw(
    'svg',
    { viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': label, class: 'qr' },
    draw('rect', { width: String(size), height: String(size), fill: '#fff' }),
    draw('path', { d: path, fill: '#14201b', 'shape-rendering': 'crispEdges' }),
  );
}

/** Dark modules side by side are one bar: no hairline runs between them. */
function bars(row: readonly boolean[], y: number): string[] {
  const found: string[] = [];
  for (let x = 0; x < row.length; x += 1) {
    if (!row[x]) continue;
    const start = x;
    while (row[x + 1]) x += 1;
    const width = x - start + 1;
    found.push(`M${start} ${y}h${width}v1h-${width}z`);
  }
  return found;
}
