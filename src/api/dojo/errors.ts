import type { Failure } from '../../domain/errors.js';
import type { Problem } from './problem.js';
import type { View } from './request.js';

/** The failure as a problem of this dialect. */
export function problemOf(failure: Failure, _view: View): Problem {
  switch (failure.failure) {
    case 'missing':
      return { status: 404, title: 'Not Found' };
    case 'intent_state':
    case 'not_reversible':
      return { status: 409, title: 'Conflict' };
    case 'change_not_allowed':
      return { status: 405, title: 'Method Not Allowed' };
    default:
      return { status: 400, title: 'Bad Request', detail: failure.failure };
  }
}
