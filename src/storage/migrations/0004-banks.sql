-- Money that customers have sent ahead, and its movements.

CREATE TABLE cash_balances (
  account {key} NOT NULL, id {key} NOT NULL, created bigint NOT NULL, detail text NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE TABLE cash_movements (
  account {key} NOT NULL, id {key} NOT NULL, customer {key} NOT NULL, amount bigint NOT NULL,
  ending_balance bigint NOT NULL, currency text NOT NULL, created bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX cash_movements_customer ON cash_movements (account, customer, id);
