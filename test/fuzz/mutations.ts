import fc from 'fast-check';

/** Inputs that are nearly right: noise alone is refused at the door and never gets any further. */

/** What parsers stumble over, whatever they read. */
export const ODD_TEXTS: readonly string[] = [
  ...['', '\0', ' ', '\t', '\r\n', '\n ', '\\', '"', "'", '`', '%', '%00', '%0d%0a', '%zz', '+'],
  ...['&', '=', ';', ',', ':', '[', ']', '[]', '{', '}', '(', ')', '-', '.', '..', '/', '//', '@'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'then', 'null', 'undefined'],
  ...['NaN', '-0', '1e400', '9007199254740993', '99999999999999999999', '0x10', '-1', 'true'],
  ...['\ud800', '\udc00', '\ufeff', '\u2028', '\u202e', '\u00df', '\u0130', '\ud83d\ude00', 'é'],
  ...['$&', '$1', '*', '?', '#', '<b>', '{{x}}', '\u001b[31m', 'a'.repeat(300)],
];

type Edit = (text: string) => string;

/** One change of a text: a piece of it taken out, doubled, moved or replaced by something odd. */
const edit: fc.Arbitrary<Edit> = fc
  .record({
    kind: fc.constantFrom('out', 'double', 'odd', 'noise', 'end', 'begin'),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    chars: fc.nat({ max: 12 }),
    odd: fc.constantFrom(...ODD_TEXTS),
    noise: fc.string({ unit: 'binary', maxLength: 6 }),
  })
  .map(({ kind, from, chars, odd, noise }) => (text: string) => {
    const at = Math.floor(from * text.length);
    const [head, piece, tail] = [
      text.slice(0, at),
      text.slice(at, at + chars),
      text.slice(at + chars),
    ];
    switch (kind) {
      case 'out':
        return head + tail;
      case 'double':
        return head + piece + piece + tail;
      case 'odd':
        return head + odd + tail;
      case 'noise':
        return head + noise + piece + tail;
      case 'end':
        return head + piece;
      default:
        return piece + tail;
    }
  });

/** Right texts with up to four changes, and now and then noise. */
export function nearly(right: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const changed = fc
    .tuple(right, fc.array(edit, { maxLength: 4 }))
    .map(([text, edits]) => edits.reduce((so, change) => change(so), text));
  return fc.oneof(
    { weight: 9, arbitrary: changed },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  );
}

/** Right bytes with up to four changes: bits, lengths, pieces out, doubled or of noise. */
export function nearlyBytes(right: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const latin1 = right.map((bytes) => Buffer.from(bytes).toString('latin1'));
  const byte = fc.nat({ max: 255 });
  const flip = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), byte);
  const flipped = fc.tuple(right, fc.array(flip, { maxLength: 4 })).map(([bytes, flips]) => {
    const changed = Uint8Array.from(bytes);
    for (const [place, value] of flips)
      if (changed.length > 0) changed[Math.floor(place * (changed.length - 1))] = value;
    return changed;
  });
  return fc.oneof(
    flipped,
    nearly(latin1).map((text) => Uint8Array.from(Buffer.from(text, 'latin1'))),
    fc.uint8Array({ maxLength: 80 }),
  );
}

/** Sentences of words: a grammar whose order is left to chance. */
export function wordsOf(words: readonly string[], wordsMax: number): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom(' ', ' ', '', '  ')), {
      maxLength: wordsMax,
    })
    .map((parts) => parts.flat().join(''));
}
