-- What an open attempt says of itself: when last, how far it is (0 to 1), and a detail (JSON).
ALTER TABLE jobs ADD COLUMN beat_at REAL;
ALTER TABLE jobs ADD COLUMN progress REAL;
ALTER TABLE jobs ADD COLUMN detail TEXT;
