-- The tables of a store. Rows of a run carry its number `n`, which no one outside sees: it is a
-- third of the bytes of an id, in a place where every step writes.

-- Small and of fixed size: every commit of a run writes its row. `batch` marks who wrote it last.
CREATE TABLE runs (
  n          INTEGER PRIMARY KEY,
  id         TEXT NOT NULL,
  seq        INTEGER NOT NULL,
  batch      INTEGER NOT NULL,
  status     TEXT NOT NULL,
  paused     INTEGER NOT NULL DEFAULT 0,
  cursor     TEXT,
  marks      TEXT NOT NULL,
  visits     TEXT NOT NULL,
  ended_at   REAL,
  error      TEXT,
  namespace  TEXT NOT NULL,
  workflow   TEXT NOT NULL,
  version    TEXT NOT NULL,
  plan       TEXT NOT NULL,
  priority   INTEGER NOT NULL,
  created_at REAL NOT NULL,
  start_key  TEXT,
  unique_key TEXT,
  deadline   REAL
) STRICT;
CREATE UNIQUE INDEX runs_id ON runs (id);
CREATE UNIQUE INDEX runs_start_key ON runs (start_key) WHERE start_key IS NOT NULL;
CREATE UNIQUE INDEX runs_unique_key ON runs (unique_key)
  WHERE unique_key IS NOT NULL AND ended_at IS NULL;
CREATE INDEX runs_workflow ON runs (workflow);
CREATE INDEX runs_live ON runs (n) WHERE ended_at IS NULL;

CREATE TABLE contexts (
  run  INTEGER PRIMARY KEY,
  data TEXT NOT NULL
) STRICT;

CREATE TABLE plans (
  n        INTEGER PRIMARY KEY,
  hash     TEXT NOT NULL UNIQUE,
  workflow TEXT NOT NULL,
  version  TEXT NOT NULL,
  body     TEXT NOT NULL
) STRICT;
CREATE INDEX plans_workflow ON plans (workflow);

-- Open attempts. One that is born claimed never enters the index of claims.
CREATE TABLE jobs (
  run      INTEGER NOT NULL,
  step     TEXT NOT NULL,
  visit    INTEGER NOT NULL,
  attempt  INTEGER NOT NULL,
  token    INTEGER NOT NULL,
  owner    INTEGER,
  due      REAL NOT NULL,
  queue    TEXT NOT NULL,
  priority INTEGER NOT NULL,
  host     TEXT NOT NULL,
  payload  TEXT,
  PRIMARY KEY (run, step, visit)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_unclaimed ON jobs (priority, due, queue, host, owner) WHERE owner IS NULL;

CREATE TABLE waits (
  run        INTEGER NOT NULL,
  step       TEXT NOT NULL,
  visit      INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,
  key        TEXT,
  due        REAL,
  "then"     TEXT,
  on_timeout TEXT,
  workflow   TEXT NOT NULL,
  PRIMARY KEY (run, step, visit, kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX waits_name ON waits (name, run);
CREATE INDEX waits_key ON waits (name, key, run) WHERE key IS NOT NULL;

CREATE TABLE timers (
  run    INTEGER NOT NULL,
  step   TEXT NOT NULL,
  visit  INTEGER NOT NULL,
  kind   TEXT NOT NULL,
  due    REAL NOT NULL,
  "then" TEXT,
  PRIMARY KEY (run, step, visit, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_due ON timers (due);

CREATE TABLE kept (
  run       INTEGER NOT NULL,
  signal    INTEGER NOT NULL,
  name      TEXT NOT NULL,
  key       TEXT,
  addressed INTEGER NOT NULL,
  payload   TEXT,
  begun     INTEGER NOT NULL,
  PRIMARY KEY (run, signal)
) STRICT, WITHOUT ROWID;

-- An id is never used again, so a stale take cannot match a new message.
CREATE TABLE inbox (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  run     INTEGER NOT NULL,
  message TEXT NOT NULL,
  payload TEXT
) STRICT;
CREATE INDEX inbox_run ON inbox (run);

-- What was accepted under a key, also after it was applied.
CREATE TABLE keys (
  run INTEGER NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;

-- Broadcasts on their way: runs with a number up to `place` have been reached.
CREATE TABLE signals (
  number   INTEGER PRIMARY KEY AUTOINCREMENT,
  name     TEXT NOT NULL,
  message  TEXT NOT NULL,
  payload  TEXT,
  workflow TEXT,
  key      TEXT,
  at       REAL NOT NULL,
  place    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Written once, at the end: the rows of a thousand runs lie on the same few pages.
CREATE TABLE steps (
  n          INTEGER PRIMARY KEY,
  run        INTEGER NOT NULL,
  step       TEXT NOT NULL,
  visit      INTEGER NOT NULL,
  attempt    INTEGER NOT NULL,
  status     TEXT NOT NULL,
  started_at REAL,
  ended_at   REAL NOT NULL,
  output     TEXT,
  error      TEXT,
  meta       TEXT
) STRICT;
CREATE INDEX steps_run ON steps (run, step);

CREATE TABLE attempts (
  n          INTEGER PRIMARY KEY,
  run        INTEGER NOT NULL,
  step       TEXT NOT NULL,
  visit      INTEGER NOT NULL,
  attempt    INTEGER NOT NULL,
  started_at REAL,
  ended_at   REAL NOT NULL,
  error      TEXT NOT NULL
) STRICT;
CREATE INDEX attempts_run ON attempts (run);

-- A sequence of a run is written once: a second writer's whole batch is refused.
CREATE TABLE history (
  n       INTEGER PRIMARY KEY,
  run     INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  batch   INTEGER NOT NULL,
  at      REAL NOT NULL,
  message TEXT NOT NULL,
  events  TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX history_run ON history (run, seq);

-- Incarnations. Their numbers are part of tokens and batches, so none is used again.
CREATE TABLE workers (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  host        TEXT NOT NULL,
  pid         INTEGER NOT NULL,
  started_at  REAL NOT NULL,
  lease_until REAL NOT NULL,
  lock        TEXT,
  buried      INTEGER NOT NULL DEFAULT 0
) STRICT;
