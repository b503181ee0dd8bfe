-- People who sign in to the dashboard, their sessions, and what they did.

CREATE TABLE operators (
  account {key} NOT NULL, id {key} NOT NULL, email {key} NOT NULL, created bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX operators_email ON operators (account, email);

CREATE TABLE operator_sessions (
  account {key} NOT NULL, id {key} NOT NULL, operator {key} NOT NULL, created bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX operator_sessions_operator ON operator_sessions (account, operator, id);

CREATE TABLE operator_log (
  account {key} NOT NULL, id {key} NOT NULL, merchant {key} NOT NULL, created bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX operator_log_merchant ON operator_log (account, merchant, id);
