-- Attempts of steps that are run at most once: whether one asks first what an earlier one has done (1),
-- or has itself ended, nobody knows how, and rests (2).
ALTER TABLE jobs ADD COLUMN mode INTEGER NOT NULL DEFAULT 0;
