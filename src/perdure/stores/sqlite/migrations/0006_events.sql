-- Events that were told. One that is to come may be told again, and then has another time.
CREATE TABLE events (
  n       INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  name    TEXT NOT NULL,
  type    TEXT NOT NULL,
  entity  TEXT,
  key     TEXT,
  at      REAL NOT NULL,
  told_at REAL NOT NULL,
  body    TEXT NOT NULL
) STRICT;
CREATE INDEX events_name ON events (name, entity);
CREATE INDEX events_at ON events (at);

-- Which workflows an event starts, and how many seconds after its own time.
CREATE TABLE triggers (
  workflow TEXT NOT NULL,
  event    TEXT NOT NULL,
  shift    REAL NOT NULL,
  skips    INTEGER NOT NULL,
  version  TEXT NOT NULL,
  plan     TEXT NOT NULL,
  PRIMARY KEY (event, shift, workflow)
) STRICT, WITHOUT ROWID;

-- The starts that are to come.
CREATE TABLE firings (
  event    INTEGER NOT NULL,
  shift    REAL NOT NULL,
  workflow TEXT NOT NULL,
  due      REAL NOT NULL,
  PRIMARY KEY (event, shift, workflow)
) STRICT, WITHOUT ROWID;
CREATE INDEX firings_due ON firings (due);

-- Under which keys events were told.
CREATE TABLE event_keys (
  key   TEXT PRIMARY KEY,
  event TEXT NOT NULL,
  at    REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX event_keys_at ON event_keys (at);
