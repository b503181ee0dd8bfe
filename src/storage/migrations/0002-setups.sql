-- Methods saved for later, the tries to save them, and customers' permissions to charge them.

CREATE TABLE setups (
  account {key} NOT NULL, id {key} NOT NULL, state text NOT NULL, customer {key}, method {key},
  attach_to_self bigint NOT NULL, created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX setups_customer ON setups (account, customer, id) WHERE customer IS NOT NULL;
CREATE INDEX setups_method ON setups (account, method, id) WHERE method IS NOT NULL;

CREATE TABLE setup_attempts (
  account {key} NOT NULL, id {key} NOT NULL, setup {key} NOT NULL, state text NOT NULL,
  created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX setup_attempts_setup ON setup_attempts (account, setup, id);

CREATE TABLE mandates (
  account {key} NOT NULL, id {key} NOT NULL, method {key} NOT NULL, state text NOT NULL,
  created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX mandates_method ON mandates (account, method, id);
