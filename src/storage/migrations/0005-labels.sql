-- What rows are found by, as digests of name and value. The owner comes after the digest: the
-- labels of an intent and of its attempts then lie beside each other. The rows that are there get
-- theirs from `label-fill.ts`; where that broke off, all of it is run again.
CREATE TABLE IF NOT EXISTS labels (
  account {key} NOT NULL, label bigint NOT NULL, owner {key} NOT NULL, id {key} NOT NULL,
  PRIMARY KEY (account, label, owner, id)
) {clustered};
