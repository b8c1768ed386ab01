-- Workflows as data, and templates, by ids that stay.
CREATE TABLE definitions (
  n           INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL,
  name        TEXT NOT NULL,
  revision    INTEGER NOT NULL,
  made_at     REAL NOT NULL,
  changed_at  REAL NOT NULL,
  archived_at REAL,
  key         TEXT UNIQUE,
  said        TEXT NOT NULL
) STRICT;
CREATE INDEX definitions_name ON definitions (name);

-- What was written, once for each revision; a run of an old one still reads it.
CREATE TABLE definition_revisions (
  definition INTEGER NOT NULL,
  revision   INTEGER NOT NULL,
  version    TEXT NOT NULL,
  body       TEXT NOT NULL,
  made_at    REAL NOT NULL,
  PRIMARY KEY (definition, revision)
) STRICT, WITHOUT ROWID;
