import { encodeQR } from 'qr';

/** Light modules around a code, by which readers find it (ISO 18004 wants four; two do). */
const QUIET_MODULES = 2;

/** Black on white, whatever the terminal's own colours are: many readers need it so. */
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m';
const PLAIN = '\u001b[0m';

/**
 * A QR code as lines of text, two rows of it to a line. Where colours are not wanted, light is
 * drawn: on a dark ground, as most terminals have, the code then looks as it should.
 */
export function qrLines(text: string, colors: boolean): string[] {
  const dark = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_MODULES });
  const lines: string[] = [];
  for (let y = 0; y < dark.length; y += 2) {
    const [upper = [], lower] = [dark[y], dark[y + 1]];
    const line = upper.map((isDark, x) => {
      // Below the last row there is nothing to draw.
      const below = lower?.[x] ?? !colors;
      return colors ? block(isDark, below) : block(!isDark, !below);
    });
    lines.push(colors ? `${BLACK_ON_WHITE}${line.join('')}${PLAIN}` : line.join(''));
  }
  return lines;
}

function block(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀';
  return lower ? '▄' : ' ';
}
