import type { Rule } from '../../../domain/rules.js';
import type { View, WireObject } from './view.js';

/** A rule, with the fields of the live API's `radar.rule` and when it was made. */
export function ruleView({ id, action, text, created }: Rule, view: View): WireObject {
  const { livemode } = view;
  return { id, object: 'radar.rule', action, created, livemode, predicate: text };
}
