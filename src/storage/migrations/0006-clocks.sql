-- Clocks that are moved by hand, and what is due by them.

CREATE TABLE clocks (
  account {key} NOT NULL, id {key} NOT NULL, created bigint NOT NULL, status {key} NOT NULL,
  frozen_time bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX clocks_alive ON clocks (account, id) WHERE status <> 'deleted';

ALTER TABLE accounts ADD COLUMN clock_ahead_seconds bigint NOT NULL DEFAULT 0;
CREATE INDEX accounts_ahead ON accounts (account) WHERE clock_ahead_seconds > 0;

ALTER TABLE customers ADD COLUMN clock_id {key};
CREATE INDEX customers_clock ON customers (account, clock_id, id) WHERE clock_id IS NOT NULL;

-- Asking a rail again goes by the wall clock, everything else by the account's.
ALTER TABLE jobs ADD COLUMN clock_id {key} NOT NULL DEFAULT 'account';
UPDATE jobs SET clock_id = 'wall' WHERE detail LIKE '%"recover_attempt"%';
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (due_at) WHERE clock_id IN ('account', 'wall');
CREATE INDEX jobs_turn ON jobs (account, clock_id, due_at, id);

-- A fact on a clock that stands in the past is as new as any other: it ages by the wall clock.
ALTER TABLE facts ADD COLUMN written_at bigint NOT NULL DEFAULT 0;
UPDATE facts SET written_at = created;
DROP INDEX facts_age;
CREATE INDEX facts_age ON facts (written_at);
