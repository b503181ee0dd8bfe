const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

const UNITS_BIGGEST_FIRST = ['w', 'd', 'h', 'm', 's'] as const;

/** A length of time such as `7d`, `1d12h` or `90s` in seconds; null where it is none. */
export function secondsOf(text: string): number | null {
  if (!/^(\d{1,9}[smhdw])+$/.test(text)) return null;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/g))
    seconds += Number(count) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
  return seconds;
}

/**
 * A time: Unix seconds, or a day or moment of ISO 8601, in UTC where it names no zone. In Unix
 * seconds; null where it is none.
 */
export function timeOf(text: string): number | null {
  if (/^\d{9,12}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$/.test(text)) return null;
  const zoned =
    /(Z|[+-]\d{2}:\d{2})$/.test(text.slice(10)) || text.length === 10 ? text : `${text}Z`;
  const ms = Date.parse(zoned.replace(' ', 'T'));
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}

/** A length of time in words of at most two units: `7 d`, `1 d 12 h`; `0 s` for none. */
export function lengthText(seconds: number): string {
  let rest = Math.abs(seconds);
  const parts: string[] = [];
  for (const unit of UNITS_BIGGEST_FIRST) {
    const count = Math.floor(rest / UNIT_SECONDS[unit]);
    rest -= count * UNIT_SECONDS[unit];
    if (count > 0) parts.push(`${count} ${unit === 'm' ? 'min' : unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0 s';
}
