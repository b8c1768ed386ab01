-- The keys of broadcasts, so that none is accepted twice.
CREATE TABLE taken (
  key TEXT PRIMARY KEY,
  at  REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX taken_at ON taken (at);
