/** What can be kept in a `detail` column and comes back equal: plain JSON, no bigint, no Date. */
export type Json = string | number | boolean | null | Json[] | JsonObject;

/** A JSON object. `undefined` members are allowed in code and vanish in storage. */
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** Key-value pairs that a merchant hangs on an object. */
export type Metadata = { [key: string]: string };
