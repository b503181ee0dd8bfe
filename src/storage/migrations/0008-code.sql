-- Requests at their rendezvous, wallets, and what wallets have signed.

CREATE TABLE requests (
  account {key} NOT NULL, id {key} NOT NULL, merchant {key} NOT NULL, intent {key},
  created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX requests_intent ON requests (account, intent) WHERE intent IS NOT NULL;

CREATE TABLE messages (
  account {key} NOT NULL, id {key} NOT NULL, request {key} NOT NULL, created bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX messages_request ON messages (account, request, id);
CREATE INDEX messages_age ON messages (created);

CREATE TABLE wallets (
  account {key} NOT NULL, id {key} NOT NULL, owner {key}, balance bigint NOT NULL,
  created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX wallets_owner ON wallets (account, owner, id) WHERE owner IS NOT NULL;

CREATE TABLE submissions (
  account {key} NOT NULL, id {key} NOT NULL, code_id {key} NOT NULL, owner {key} NOT NULL,
  destination {key} NOT NULL, quarks bigint NOT NULL, created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX submissions_code ON submissions (account, code_id);
CREATE INDEX submissions_owner ON submissions (account, owner, id);
CREATE INDEX submissions_destination ON submissions (account, destination, id);

CREATE TABLE destinations (
  account {key} NOT NULL, id {key} NOT NULL, merchant {key} NOT NULL, created bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX destinations_merchant ON destinations (account, merchant, id);

CREATE TABLE tip_users (
  account {key} NOT NULL, id {key} NOT NULL, address {key} NOT NULL, created bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX tip_users_address ON tip_users (account, address, id);

CREATE TABLE nonces (
  account {key} NOT NULL, id {key} NOT NULL, state {key} NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX nonces_state ON nonces (account, state, id);

CREATE TABLE fulfillments (
  account {key} NOT NULL, id {key} NOT NULL, submission {key} NOT NULL, owner {key} NOT NULL,
  state {key} NOT NULL, created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX fulfillments_submission ON fulfillments (account, submission);
CREATE INDEX fulfillments_open ON fulfillments (account, owner, id) WHERE state = 'pending';
