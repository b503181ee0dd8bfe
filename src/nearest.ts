/**
 * The one of the known words that a misspelled one means; null where none is near. Half of a word
 * misspelled is another word; `prefix` is what all of them begin with, and counts for nothing.
 */
export function nearest(word: string, known: readonly string[], prefix = ''): string | null {
  const [best] = known
    .map((each) => ({ each, edits: editDistance(word, each) }))
    .sort((a, b) => a.edits - b.edits);
  const edits_max = (word.length - prefix.length) / 2;
  return best !== undefined && best.edits <= edits_max ? best.each : null;
}

/** Levenshtein's distance: insertions, deletions and replacements from one text to the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
