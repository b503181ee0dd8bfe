import { drawKikcode } from '../../wire/code/kikcode-svg.js';

const SIZE = 320;
/** The colours of the brand; a code is light on dark in every theme, since readers expect that. */
const INK = '#14201b';
const PAPER = '#fbfaf6';

/** The round code of a payload of 20 bytes as an SVG document, with the mark in its middle. */
export function roundCode(payload: Uint8Array): string {
  const { discRadius, path, strokeWidth } = drawKikcode(payload, SIZE);
  const half = SIZE / 2;
  const side = discRadius * 1.4;
  const at = half - side / 2;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}" fill="none" ` +
    'role="img" aria-label="Round scan code">' +
    `<circle cx="${half}" cy="${half}" r="${half}" fill="${INK}"/>` +
    `<path d="${path}" stroke="${PAPER}" stroke-width="${strokeWidth}" stroke-linecap="round"/>` +
    `<circle cx="${half}" cy="${half}" r="${discRadius}" fill="${PAPER}"/>` +
    `<svg x="${at}" y="${at}" width="${side}" height="${side}" viewBox="0 0 32 32" ` +
    `stroke="${INK}" aria-hidden="true">` +
    '<circle cx="16" cy="16" r="14.4" stroke-width="2" stroke-dasharray="1.9 1.116"/>' +
    '<circle cx="16" cy="16" r="12.4" stroke-width="2.8"/>' +
    '<path d="M12.6 21.4 19.4 10.6" stroke-width="3" stroke-linecap="round"/></svg></svg>'
  );
}
