-- Queues. `jobs.fair` is null where a job is on the default queue and its run has no fair key: such
-- a job is born claimed where that can be, and nothing limits it. Every other job is in an index of
-- its own, claimed or not, so that what runs of a queue is counted there and nowhere else.
ALTER TABLE runs ADD COLUMN fair TEXT;
ALTER TABLE jobs ADD COLUMN fair TEXT;
DROP INDEX jobs_unclaimed;
CREATE INDEX jobs_unclaimed ON jobs (priority, due, host, owner, fair)
  WHERE owner IS NULL AND fair IS NULL;
CREATE INDEX jobs_queued ON jobs (queue, owner, fair, host, priority, due) WHERE fair IS NOT NULL;

-- What a worker serves, as a JSON list; null is every queue.
ALTER TABLE workers ADD COLUMN queues TEXT;

-- The limits of queues: so many attempts at a time, and so many begun in any span of seconds.
CREATE TABLE queues (
  name        TEXT PRIMARY KEY,
  concurrency INTEGER,
  most        INTEGER,
  seconds     REAL
) STRICT, WITHOUT ROWID;

-- The fair key that was served last. Workers that can run different steps have turns of their own:
-- what one passes over for its steps' sake is not passed over by the other.
CREATE TABLE turns (
  queue TEXT NOT NULL,
  hosts TEXT NOT NULL,
  fair  TEXT NOT NULL,
  at    REAL NOT NULL,
  PRIMARY KEY (queue, hosts)
) STRICT, WITHOUT ROWID;

-- When the attempts of queues with a rate were begun, for as long as that counts.
CREATE TABLE begun (
  queue TEXT NOT NULL,
  at    REAL NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (queue, at)
) STRICT, WITHOUT ROWID;
