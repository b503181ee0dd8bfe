import { defaulted, expand, hash, integer, required, string } from '../params.js';

/** `GET /v1/…/search`. A query has the length of any text, which bounds the work of reading it. */
export const searchParams = hash({
  expand: expand(),
  limit: defaulted(integer({ min: 1, max: 100, clamp: true }), 10),
  page: string(),
  query: required(string()),
});
