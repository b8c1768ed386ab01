-- What live processes have announced that they host. A number is never used again, so that who has
-- seen one knows of all before it.
CREATE TABLE revisions (
  n        INTEGER PRIMARY KEY AUTOINCREMENT,
  worker   INTEGER NOT NULL,
  workflow TEXT NOT NULL,
  version  TEXT NOT NULL,
  plan     TEXT NOT NULL,
  rank     INTEGER
) STRICT;

-- A step of a code workflow needs a process that hosts its version.
UPDATE jobs SET host = host || '@' || (SELECT version FROM runs WHERE runs.n = jobs.run)
 WHERE substr(host, instr(host, ':') + 1) = (SELECT workflow FROM runs WHERE runs.n = jobs.run);
