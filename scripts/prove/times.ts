/** The value that a share of all do not exceed, by the nearest rank; 0 of none. */
export function percentilesOf(values: readonly number[]): (share: number) => number {
  const sorted = values.toSorted((a, b) => a - b);
  return (share) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

/** Times in ms as a line of a Markdown table: how many, their median and 99th percentile. */
export function timesRow(name: string, times: readonly number[]): string {
  const at = percentilesOf(times);
  return `| ${name} | ${times.length} | ${at(0.5).toFixed(0)} | ${at(0.99).toFixed(0)} |`;
}
