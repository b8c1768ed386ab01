-- Signals with a key that nobody waited for: a wait with the key takes them when it begins.
CREATE TABLE mailbox (
  n        INTEGER PRIMARY KEY AUTOINCREMENT,
  name     TEXT NOT NULL,
  key      TEXT NOT NULL,
  message  TEXT NOT NULL,
  payload  TEXT,
  workflow TEXT,
  match    TEXT,
  at       REAL NOT NULL,
  until    REAL NOT NULL
) STRICT;
CREATE INDEX mailbox_key ON mailbox (name, key);
CREATE INDEX mailbox_until ON mailbox (until);

-- Until when a broadcast with a key is kept there, if it is for nobody.
ALTER TABLE signals ADD COLUMN until REAL;
