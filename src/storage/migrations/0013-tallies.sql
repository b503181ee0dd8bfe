-- The newest tries to pay by card, by card and by customer, where a rule of the merchant's asks for
-- their number.

CREATE TABLE tallies (
  account {key} NOT NULL, id {key} NOT NULL, changed bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX tallies_changed ON tallies (changed);
