/** An error on its way to the wire: RFC 7807, in the shape of ASP.NET Core. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  /** What is wrong, by field. */
  readonly errors?: Readonly<Record<string, readonly string[]>>;
  /** Terminals' errors have a code beside the rest. */
  readonly code?: 'INTERNAL_ERROR' | 'TERMINAL_UNAVAILABLE' | 'INVALID_REQUEST';
}

/** Thrown by handlers before anything was done; becomes its problem's reply. */
export class Refusal extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** Sections of RFC 7231 and its neighbours, as the original's server names them. */
const TYPES: Readonly<Record<number, string>> = {
  400: 'https://tools.ietf.org/html/rfc7231#section-6.5.1',
  401: 'https://tools.ietf.org/html/rfc7235#section-3.1',
  402: 'https://tools.ietf.org/html/rfc7231#section-6.5.2',
  403: 'https://tools.ietf.org/html/rfc7231#section-6.5.3',
  404: 'https://tools.ietf.org/html/rfc7231#section-6.5.4',
  405: 'https://tools.ietf.org/html/rfc7231#section-6.5.5',
  409: 'https://tools.ietf.org/html/rfc7231#section-6.5.8',
  413: 'https://tools.ietf.org/html/rfc7231#section-6.5.11',
  415: 'https://tools.ietf.org/html/rfc7231#section-6.5.13',
  422: 'https://tools.ietf.org/html/rfc4918#section-11.2',
  429: 'https://tools.ietf.org/html/rfc6585#section-4',
  500: 'https://tools.ietf.org/html/rfc7231#section-6.6.1',
};

/** The body of an error. `traceId` is a W3C trace parent. */
export function problemBody(problem: Problem, traceId: string): string {
  const { status, title, errors = {}, code } = problem;
  // The errors of terminals always have a text here, the others may have none.
  const detail = problem.detail ?? (code === undefined ? null : title);
  const type = TYPES[status] ?? 'about:blank';
  const named = code === undefined ? {} : { code };
  return JSON.stringify({ ...named, errors, type, title, status, detail, traceId });
}

/** What is wrong with a request's fields. */
export function invalid(errors: Readonly<Record<string, readonly string[]>>): Problem {
  return { status: 400, title: 'One or more validation errors occurred.', errors };
}

/** One thing that is wrong with one field. */
export function invalidField(field: string, text: string): Problem {
  return invalid({ [field]: [text] });
}
