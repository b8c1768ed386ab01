-- What runs are found by: tags (under the name 'tag') and search attributes. A number is beside its
-- text, so that it can be compared.
CREATE TABLE labels (
  run    INTEGER NOT NULL,
  name   TEXT NOT NULL,
  value  TEXT NOT NULL,
  number REAL,
  PRIMARY KEY (name, value, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX labels_run ON labels (run, name);

-- Seconds from the start, so that a run has them again when it is retried.
UPDATE runs SET deadline = deadline - created_at WHERE deadline IS NOT NULL;
