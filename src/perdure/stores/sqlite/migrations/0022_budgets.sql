-- What runs may spend on models. Amounts are billionths of a dollar; most is NULL where lifted.
CREATE TABLE budgets (
  scope    TEXT NOT NULL,
  name     TEXT NOT NULL,
  most     INTEGER,
  span     TEXT NOT NULL,
  exceeded TEXT NOT NULL,
  PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;

-- What is spent or reserved, by a run, and by a workflow in each day, each month, and ever.
CREATE TABLE spent (
  scope  TEXT NOT NULL,
  name   TEXT NOT NULL,
  span   TEXT NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (scope, name, span)
) STRICT, WITHOUT ROWID;

-- The calls under budgets. One without a cost is under way, or was cut off.
CREATE TABLE calls (
  n        INTEGER PRIMARY KEY AUTOINCREMENT,
  run      TEXT NOT NULL,
  workflow TEXT NOT NULL,
  step     TEXT NOT NULL,
  visit    INTEGER NOT NULL,
  attempt  INTEGER NOT NULL,
  model    TEXT NOT NULL,
  reserved INTEGER NOT NULL,
  cost     INTEGER,
  at       REAL NOT NULL
) STRICT;
CREATE INDEX calls_run ON calls (run);

-- When the next one may ask a service that is asked only so often.
CREATE TABLE paces (
  name    TEXT PRIMARY KEY,
  free_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
