-- Lists come in the order of their ids. An index that does not end with the id loses against the
-- primary key in SQLite's eyes, and the whole account is read.

DROP INDEX keys_digest;
CREATE INDEX keys_digest ON keys (account, digest, id);
DROP INDEX requests_intent;
CREATE INDEX requests_intent ON requests (account, intent, id) WHERE intent IS NOT NULL;
DROP INDEX fulfillments_submission;
CREATE INDEX fulfillments_submission ON fulfillments (account, submission, id);
DROP INDEX deliveries_event;
CREATE INDEX deliveries_event ON deliveries (account, event, id);
DROP INDEX directory_subject;
CREATE INDEX directory_subject ON directory (account, subject, id);
DROP INDEX operators_email;
CREATE INDEX operators_email ON operators (account, email, id);
CREATE INDEX clocks_status ON clocks (account, status, id);
