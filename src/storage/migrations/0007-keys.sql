-- What browsers may do: keys, sessions of customers, and what was entered to confirm with.

CREATE TABLE keys (
  account {key} NOT NULL, id {key} NOT NULL, digest {key} NOT NULL, state {key} NOT NULL,
  created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX keys_digest ON keys (account, digest);
CREATE INDEX keys_state ON keys (account, state, id);

CREATE TABLE customer_sessions (
  account {key} NOT NULL, id {key} NOT NULL, created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE TABLE confirmations (
  account {key} NOT NULL, id {key} NOT NULL, created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
