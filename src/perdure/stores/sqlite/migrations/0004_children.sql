-- Children. A parent's row holds its brood's counts; a child's row whose it is, and which of them.
ALTER TABLE runs ADD COLUMN brood TEXT;
ALTER TABLE runs ADD COLUMN parent TEXT;
ALTER TABLE runs ADD COLUMN of_brood INTEGER;
ALTER TABLE runs ADD COLUMN place INTEGER;
ALTER TABLE runs ADD COLUMN detached INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_parent ON runs (parent, of_brood, place) WHERE parent IS NOT NULL;
