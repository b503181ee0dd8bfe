import { readFileSync } from 'node:fs';
import { DEFAULT_KEY } from '../../src/api/auth.js';

const TICKS_PER_SECOND = 100;

/** The processor time that a process has taken, in seconds; Linux says it. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? '';
  const [user, system] = fields.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** The resident memory of a process, in megabytes: now, and the most that it has been. */
export function residentMegabytes(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string): number =>
    (Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / 1e6;
  return { now: of('VmRSS'), most: of('VmHWM') };
}

/** The value of one of a server's metrics that has no labels. */
export type ReadMetric = (name: string) => number;

/** A server's metrics as they are now. Reading them begins a new span for those of Node. */
export async function metricsOf(port: number): Promise<ReadMetric> {
  const headers = { authorization: `Bearer ${DEFAULT_KEY}` };
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
  const text = await answer.text();
  return (name) => {
    const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`the server has no metric ${name}`);
    return Number(found);
  };
}

/** A whole number as it is read: with commas. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
