-- Loops. The row of their run holds what is open of each, as it does a brood's counts.
ALTER TABLE runs ADD COLUMN scopes TEXT;
