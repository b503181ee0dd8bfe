-- What the dashboard's charts show, counted beforehand: by day, by segment of neighbouring intents
-- so that a change is counted anew in its segment alone, and how far that is. Facts name the intent
-- that they are about; those from before do not, and what they tell is counted from the intents.

CREATE TABLE rollups (
  account {key} NOT NULL, id {key} NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE TABLE rollup_segments (
  account {key} NOT NULL, id {key} NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE TABLE rollup_places (
  account {key} NOT NULL, id {key} NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);
ALTER TABLE facts ADD COLUMN intent_id {key};
