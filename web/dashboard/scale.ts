/** An axis from zero: its end, and the lines between. */
export interface Scale {
  readonly end: number;
  readonly ticks: readonly number[];
}

/**
 * An axis from zero to a round figure that is not below `most`, with two to five lines. Amounts
 * begin at zero, so that a bar of twice the height is twice the amount.
 */
export function scaleTo(most: number): Scale {
  if (!(most > 0)) return { end: 1, ticks: [0, 1] };
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const whole = Math.max(1, step);
  const many = Math.ceil(most / whole);
  return { end: many * whole, ticks: Array.from({ length: many + 1 }, (_, at) => at * whole) };
}
