-- Disputes of payments, and banks' warnings of fraud.

CREATE TABLE disputes (
  account {key} NOT NULL, id {key} NOT NULL, intent {key} NOT NULL, attempt {key} NOT NULL,
  state text NOT NULL, amount bigint NOT NULL, fee bigint NOT NULL, currency text NOT NULL,
  created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX disputes_attempt ON disputes (account, attempt, id);
CREATE INDEX disputes_intent ON disputes (account, intent, id);

CREATE TABLE warnings (
  account {key} NOT NULL, id {key} NOT NULL, intent {key} NOT NULL, attempt {key} NOT NULL,
  created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX warnings_attempt ON warnings (account, attempt, id);
CREATE INDEX warnings_intent ON warnings (account, intent, id);
