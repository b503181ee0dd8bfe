/** What differs from run to run: ids and secrets, times, and lengths of time. */
const CHANGING: readonly [RegExp, string][] = [
  [/\b(?:[a-z]+_){1,3}[A-Za-z0-9]{8,}(?:_secret_\w+)?/g, '\\w+'],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?)?\b/g, '[-\\d:TZ. ]+'],
  [/\b\d\d:\d\d:\d\d\b/g, '\\d\\d:\\d\\d:\\d\\d'],
  [/\b\d+(?:\.\d+)? (?=m?s\b)/g, '[\\d.]+ '],
  [/…/g, '[^]*?'],
];

/**
 * Whether a program printed what a document says that it prints. Ids, times and durations may be
 * others, runs of spaces longer or shorter; `…` stands for anything.
 */
export function hasSameShape(said: string, printed: string): boolean {
  const lines = (text: string): string =>
    text
      .trim()
      .split('\n')
      .map((line) => line.trimEnd().replaceAll(/ {2,}/g, '  '))
      .join('\n');
  return new RegExp(`^${patternOf(lines(said))}$`).test(lines(printed));
}

function patternOf(said: string): string {
  let parts: { text: string; isPattern: boolean }[] = [{ text: said, isPattern: false }];
  for (const [changing, pattern] of CHANGING)
    parts = parts.flatMap((part) => {
      if (part.isPattern) return [part];
      const between = part.text.split(changing);
      return between.flatMap((text, index) => [
        ...(index === 0 ? [] : [{ text: pattern, isPattern: true }]),
        { text, isPattern: false },
      ]);
    });
  return parts
    .map(({ text, isPattern }) =>
      isPattern ? text : text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
}

/**
 * Whether a JSON answer has the fields that a document shows, of the same types; texts without
 * digits, numbers below 10,000 and yes or no are the same.
 */
export function hasSameFields(said: unknown, printed: unknown): boolean {
  if (Array.isArray(said)) {
    if (!Array.isArray(printed)) return false;
    return said.every((item, index) => hasSameFields(item, printed[index]));
  }
  if (typeof said === 'object' && said !== null) {
    if (typeof printed !== 'object' || printed === null) return false;
    const fields = printed as Record<string, unknown>;
    return Object.entries(said).every(([name, value]) => hasSameFields(value, fields[name]));
  }
  if (typeof said === 'string' && /[\d…]/.test(said)) return typeof printed === 'string';
  if (typeof said === 'number' && said >= 10_000) return typeof printed === 'number';
  return said === printed;
}
