-- A wait has one row for each way out of it: a signal's or an event's name, what must be brought,
-- and where it leads. Two ways may have one name, so their places are part of the key.
CREATE TABLE ways (
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
  match      TEXT,
  accepts    TEXT,
  way        INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, step, visit, kind, name, way)
) STRICT, WITHOUT ROWID;
INSERT INTO ways (run, step, visit, kind, name, key, due, "then", on_timeout, workflow)
SELECT run, step, visit, kind, name, key, due, "then", on_timeout, workflow FROM waits;
DROP TABLE waits;
ALTER TABLE ways RENAME TO waits;
CREATE INDEX waits_name ON waits (name, run);
CREATE INDEX waits_key ON waits (name, key, run) WHERE key IS NOT NULL;

-- What is kept may be an event, and may want something of the context that its wait finds.
ALTER TABLE kept ADD COLUMN kind TEXT NOT NULL DEFAULT 'signal';
ALTER TABLE kept ADD COLUMN match TEXT;

-- A broadcast goes to the runs that were born up to `most` when it was accepted.
ALTER TABLE signals ADD COLUMN kind TEXT NOT NULL DEFAULT 'signal';
ALTER TABLE signals ADD COLUMN match TEXT;
ALTER TABLE signals ADD COLUMN most INTEGER;
