-- The first schema. {key} is text compared byte by byte.

CREATE TABLE accounts (
  account {key} NOT NULL, id {key} NOT NULL, created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE TABLE intents (
  account {key} NOT NULL, id {key} NOT NULL, state text NOT NULL,
  amount bigint NOT NULL, authorized bigint NOT NULL, captured bigint NOT NULL,
  released bigint NOT NULL, refunded bigint NOT NULL, currency text NOT NULL,
  customer {key}, created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX intents_customer ON intents (account, customer, id) WHERE customer IS NOT NULL;

CREATE TABLE attempts (
  account {key} NOT NULL, id {key} NOT NULL, intent {key} NOT NULL, state text NOT NULL,
  amount bigint NOT NULL, captured bigint NOT NULL, released bigint NOT NULL,
  refunded bigint NOT NULL, currency text NOT NULL, customer {key}, created bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX attempts_intent ON attempts (account, intent, id);
CREATE INDEX attempts_customer ON attempts (account, customer, id) WHERE customer IS NOT NULL;

CREATE TABLE refunds (
  account {key} NOT NULL, id {key} NOT NULL, intent {key} NOT NULL, attempt {key} NOT NULL,
  state text NOT NULL, amount bigint NOT NULL, currency text NOT NULL, created bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX refunds_attempt ON refunds (account, attempt, id);
CREATE INDEX refunds_intent ON refunds (account, intent, id);

CREATE TABLE methods (
  account {key} NOT NULL, id {key} NOT NULL, customer {key}, type text NOT NULL,
  created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX methods_customer ON methods (account, customer, id) WHERE customer IS NOT NULL;

CREATE TABLE customers (
  account {key} NOT NULL, id {key} NOT NULL, created bigint NOT NULL, email {key},
  deleted bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX customers_email ON customers (account, email, id) WHERE email IS NOT NULL;

CREATE TABLE tokens (
  account {key} NOT NULL, id {key} NOT NULL, created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE TABLE facts (
  account {key} NOT NULL, id {key} NOT NULL, type text NOT NULL, created bigint NOT NULL,
  intent text, attempt text, refund text, customer text, method text, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX facts_age ON facts (created);

CREATE TABLE subscriptions (
  account {key} NOT NULL, id {key} NOT NULL, created bigint NOT NULL, dialect text NOT NULL,
  enabled bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE TABLE deliveries (
  account {key} NOT NULL, id {key} NOT NULL, subscription {key} NOT NULL, event {key} NOT NULL,
  state text NOT NULL, due_at_ms bigint NOT NULL, created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX deliveries_due ON deliveries (due_at_ms, account, subscription)
  WHERE state = 'waiting';
CREATE INDEX deliveries_turn ON deliveries (account, subscription, id) WHERE state = 'waiting';
CREATE INDEX deliveries_event ON deliveries (account, event);
CREATE INDEX deliveries_age ON deliveries (created);

CREATE TABLE transfers (
  account {key} NOT NULL, id {key} NOT NULL, kind text NOT NULL, state text NOT NULL,
  intent {key} NOT NULL, source {key} NOT NULL, amount bigint NOT NULL, fee bigint NOT NULL,
  settled bigint NOT NULL, currency text NOT NULL, created bigint NOT NULL,
  available_on bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX transfers_source ON transfers (account, source, id);

CREATE TABLE jobs (
  account {key} NOT NULL, id {key} NOT NULL, due_at bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX jobs_due ON jobs (due_at);

CREATE TABLE idempotency (
  account {key} NOT NULL, id {key} NOT NULL, created_ms bigint NOT NULL, body text NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX idempotency_age ON idempotency (created_ms);

-- `part` is empty where one process writes; else the batch that added the row, until it is folded.
CREATE TABLE balances (
  account {key} NOT NULL, ledger_account {key} NOT NULL, currency text NOT NULL,
  part {key} NOT NULL, posted bigint NOT NULL, pending bigint NOT NULL,
  PRIMARY KEY (account, ledger_account, currency, part)
);

CREATE INDEX balances_unfolded ON balances (part) WHERE part <> '';

CREATE TABLE batches (
  id {key} NOT NULL PRIMARY KEY, created_ms bigint NOT NULL
);
CREATE INDEX batches_age ON batches (created_ms);
