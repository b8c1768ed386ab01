-- When a process was last known to host the workflow of a trigger.
ALTER TABLE triggers ADD COLUMN seen_at REAL NOT NULL DEFAULT 0;
UPDATE triggers SET seen_at = unixepoch();
