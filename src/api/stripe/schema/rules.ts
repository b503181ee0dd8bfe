import { RULE_ACTIONS } from '../../../domain/rules.js';
import { PREDICATE_CHARS_MAX } from '../../../domain/rules-parse.js';
import { enumeration, expand, hash, required, string } from '../params.js';

/** `POST /v1/radar/rules`: an addition to the dialect. */
export const ruleCreate = hash({
  action: required(enumeration(RULE_ACTIONS)),
  expand: expand(),
  predicate: required(string({ chars_max: PREDICATE_CHARS_MAX })),
});
