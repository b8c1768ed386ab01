-- Keys of runs that have secrets, each wrapped by the master key of this id; none after its end.
CREATE TABLE data_keys (
  run     INTEGER PRIMARY KEY,
  master  TEXT NOT NULL,
  wrapped TEXT,
  gone_at REAL,
  gone_by TEXT
) STRICT;
CREATE INDEX data_keys_master ON data_keys (master, run) WHERE wrapped IS NOT NULL;
