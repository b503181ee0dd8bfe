-- Links that strangers hold, letters to customers, and what card machines are asked to do.

CREATE TABLE directory (
  account {key} NOT NULL, id {key} NOT NULL, merchant {key} NOT NULL, subject {key} NOT NULL,
  created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX directory_subject ON directory (account, subject);

CREATE TABLE mails (
  account {key} NOT NULL, id {key} NOT NULL, intent {key} NOT NULL, created bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX mails_intent ON mails (account, intent, id);
CREATE INDEX mails_age ON mails (created);

CREATE TABLE terminal_sessions (
  account {key} NOT NULL, id {key} NOT NULL, terminal {key} NOT NULL, intent {key},
  state {key} NOT NULL, created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX terminal_sessions_terminal ON terminal_sessions (account, terminal, id);
CREATE INDEX terminal_sessions_intent ON terminal_sessions (account, intent, id)
  WHERE intent IS NOT NULL;
