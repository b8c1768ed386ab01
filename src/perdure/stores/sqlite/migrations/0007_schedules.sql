-- When runs begin by themselves. A row changes where its sequence is the one that was read.
CREATE TABLE schedules (
  name     TEXT PRIMARY KEY,
  seq      INTEGER NOT NULL,
  workflow TEXT NOT NULL,
  said     TEXT NOT NULL,
  declared INTEGER NOT NULL,
  hosted   INTEGER NOT NULL,
  paused   INTEGER NOT NULL,
  made_at  REAL NOT NULL,
  next_at  REAL,
  last_at  REAL,
  last_run TEXT,
  skipped  INTEGER NOT NULL,
  error    TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX schedules_next ON schedules (next_at) WHERE next_at IS NOT NULL;
