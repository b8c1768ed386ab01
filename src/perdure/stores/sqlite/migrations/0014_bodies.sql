-- What the bodies of a revision's steps were, to tell which of them a deploy changes.
ALTER TABLE revisions ADD COLUMN bodies TEXT NOT NULL DEFAULT '{}';
