-- For how many seconds the processor worked for an attempt, where that was measured.
ALTER TABLE steps ADD COLUMN cpu REAL;
ALTER TABLE attempts ADD COLUMN cpu REAL;
