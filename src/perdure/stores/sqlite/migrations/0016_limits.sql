-- How many runs of a workflow may live: what its class declares, and what was set at run time.
CREATE TABLE limits (
  workflow       TEXT PRIMARY KEY,
  declared       INTEGER,
  declared_waits INTEGER NOT NULL DEFAULT 1,
  is_set         INTEGER NOT NULL DEFAULT 0,
  most           INTEGER,
  waits          INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

-- The live runs of the workflows that have such a row, but for those that have not begun.
CREATE TABLE places (
  run      INTEGER PRIMARY KEY,
  workflow TEXT NOT NULL
) STRICT;
CREATE INDEX places_workflow ON places (workflow, run);

-- A run in line has a wait of kind 'line' under its workflow's name, due at its rank.
CREATE INDEX waits_line ON waits (name, due, run) WHERE kind = 'line';
