import { metadataLabel } from '../../../domain/label.js';
import type { RowTypes } from '../../../engine/command.js';
import type { Search } from '../../../engine/search.js';
import type { Condition, Field, Resource, SearchedTable } from './fields.js';
import type { Clause, Operator, QueryTree } from './parse.js';

/** A query as the engine looks for it. */
export interface Compiled<T extends SearchedTable>
  extends Pick<Search<T>, 'ways' | 'conditions' | 'fits'> {
  /** The clauses, as they are written, that no index answers. */
  readonly unindexed: readonly string[];
}

/** Letters that a part of a text must have at least, to be looked for. */
export const SUBSTRING_CHARS_MIN = 3;

interface CompiledClause<R> {
  readonly fits: (row: R) => boolean;
  readonly source: Search<SearchedTable>['ways'][number][number] | null;
  readonly condition: Condition | null;
  readonly shown: string;
}

class ClauseFault extends Error {}

type Labelled = RowTypes[SearchedTable];

/** Metadata is compared like any text; in parts too, as an addition. */
function metadataField<R extends Labelled>(key: string): Field<R> {
  return {
    type: 'string',
    read: ({ metadata }) => (Object.hasOwn(metadata, key) ? (metadata[key] ?? null) : null),
    source: (value) => ({ label: { name: metadataLabel(key), value } }),
  };
}

function fieldOf<T extends SearchedTable>(
  { fields, name }: Resource<T>,
  { field, key }: Clause,
): Field<RowTypes[T]> {
  if (field === 'metadata' && key !== null) return metadataField(key);
  const found = key === null && Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (found !== undefined) return found;
  throw new ClauseFault(
    `Field \`${field.slice(0, 200)}\` is an unsupported search field for resource \`${name}\`. ` +
      `See http://stripe.com/docs/search#query-fields-for-${name.replaceAll('_', '-')} for a ` +
      'list of supported fields.',
  );
}

const OPERATORS: Record<Field<never>['type'], readonly Operator[]> = {
  token: [':'],
  flag: [':'],
  string: [':', '~'],
  number: [':', '>', '<', '>=', '<='],
};

function checkOperator({ field, operator }: Clause, type: Field<never>['type']): void {
  if (OPERATORS[type].includes(operator)) return;
  const allowed = OPERATORS[type].map((one) => `\`${one}\``).join(', ');
  throw new ClauseFault(
    `The operator \`${operator}\` is not supported for the field \`${field}\`, which takes: ` +
      `${allowed}.`,
  );
}

/** The whole numbers that every store keeps exactly. */
const INTEGER = /^-?\d{1,15}$/;

function integerOf({ field, value }: Clause): number {
  const text = value.kind === 'null' ? '' : value.text;
  if (INTEGER.test(text)) return Number(text);
  throw new ClauseFault(`The field \`${field}\` is compared with whole numbers: ${field}:100.`);
}

function flagOf({ field, value }: Clause): boolean {
  const word = value.kind === 'null' ? '' : value.text.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw new ClauseFault(`The field \`${field}\` is either "true" or "false".`);
}

function textOf({ field, operator, value }: Clause): string {
  if (value.kind !== 'text')
    throw new ClauseFault(`The value of the field \`${field}\` must be in quotation marks.`);
  if (operator === '~' && [...value.text].length < SUBSTRING_CHARS_MIN)
    throw new ClauseFault(
      `The operator \`~\` needs at least ${SUBSTRING_CHARS_MIN} characters to look for.`,
    );
  return value.text;
}

const COMPARISONS = {
  ':': { name: 'eq', opposite: 'ne', holds: (a: number, b: number) => a === b },
  '>': { name: 'gt', opposite: 'lte', holds: (a: number, b: number) => a > b },
  '<': { name: 'lt', opposite: 'gte', holds: (a: number, b: number) => a < b },
  '>=': { name: 'gte', opposite: 'lt', holds: (a: number, b: number) => a >= b },
  '<=': { name: 'lte', opposite: 'gt', holds: (a: number, b: number) => a <= b },
} as const;

type Part<R> = Pick<CompiledClause<R>, 'fits' | 'source' | 'condition'>;

function numberPart<R>(clause: Clause, field: Field<R>): Part<R> {
  const wanted = integerOf(clause);
  const { name, opposite, holds } = COMPARISONS[clause.operator as keyof typeof COMPARISONS];
  const comparison = clause.negated ? opposite : name;
  return {
    fits: (row) => {
      const value = field.read(row);
      return value !== null && holds(Number(value), wanted);
    },
    source: null,
    condition:
      field.column === undefined ? null : { column: field.column, comparison, value: wanted },
  };
}

function textPart<R>(clause: Clause, field: Field<R>): Part<R> {
  const text = textOf(clause);
  const wanted = field.exact ? text : text.toLowerCase();
  const inPart = clause.operator === '~';
  return {
    fits: (row) => {
      const value = field.read(row);
      if (value === null) return false;
      const own = field.exact ? String(value) : String(value).toLowerCase();
      return inPart ? own.includes(wanted) : own === wanted;
    },
    source: inPart || clause.negated ? null : (field.source?.(text) ?? null),
    condition: inPart ? null : (field.condition?.(text, clause.negated) ?? null),
  };
}

function partOf<R>(clause: Clause, field: Field<R>): Part<R> {
  checkOperator(clause, field.type);
  if (clause.value.kind === 'null')
    return { fits: (row) => field.read(row) === null, source: null, condition: null };
  if (field.type === 'number') return numberPart(clause, field);
  if (field.type !== 'flag') return textPart(clause, field);
  const wanted = flagOf(clause);
  return { fits: (row) => field.read(row) === wanted, source: null, condition: null };
}

function compileClause<T extends SearchedTable>(
  resource: Resource<T>,
  clause: Clause,
): CompiledClause<RowTypes[T]> {
  const part = partOf(clause, fieldOf(resource, clause));
  const { negated, field, key, operator } = clause;
  const name = key === null ? field : `${field}["${key}"]`;
  const shown = `${negated ? '-' : ''}${name}${operator}…`.slice(0, 100);
  return { ...part, fits: negated ? (row) => !part.fits(row) : part.fits, shown };
}

/** Turns a query into conditions, ways by an index, and a test of each row; or says its fault. */
export function compileQuery<T extends SearchedTable>(
  resource: Resource<T>,
  { join, clauses }: QueryTree,
): Compiled<T> | { readonly fault: string } {
  try {
    const compiled = clauses.map((clause) => compileClause(resource, clause));
    const all = join === 'and';
    const sources = compiled.flatMap(({ source }) => (source === null ? [] : [source]));
    // Of alternatives each must be found by an index, or all rows are looked at anyway.
    const union = sources.length === compiled.length ? [sources] : [];
    const stated = compiled.flatMap(({ condition }) => (condition === null ? [] : [condition]));
    return {
      ways: all ? sources.map((source) => [source]) : union,
      conditions: [...resource.always, ...(all ? stated : [])],
      fits: (row) =>
        all ? compiled.every(({ fits }) => fits(row)) : compiled.some(({ fits }) => fits(row)),
      unindexed: compiled.filter(({ source }) => source === null).map(({ shown }) => shown),
    };
  } catch (error) {
    if (!(error instanceof ClauseFault)) throw error;
    return { fault: error.message };
  }
}
