import { Counter, type Registry } from 'prom-client';

/** Adds one for a combination of values, in the order of the labels. */
export type Tally = (...values: readonly string[]) => void;

/**
 * A counter for what happens with every payment: counting is an addition, and the labels are put
 * together when somebody reads.
 * @param labels at least one
 * @param known combinations that are told as 0 before they happen: what rises from nothing is no
 *   increase to Prometheus
 */
export function makeTally(
  registry: Registry,
  name: string,
  help: string,
  labels: readonly string[],
  known: readonly (readonly string[])[] = [],
): Tally {
  const cells = new Map(known.map((values) => [values.join(' '), { values, count: 0 }]));
  new Counter({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect() {
      for (const cell of cells.values()) {
        const { values, count } = cell;
        cell.count = 0;
        const named = Object.fromEntries(labels.map((label, i) => [label, values[i] ?? '']));
        this.inc(named, count);
      }
    },
  });
  return (...values) => {
    const key = values.join(' ');
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, { values, count: 1 });
    else cell.count += 1;
  };
}
