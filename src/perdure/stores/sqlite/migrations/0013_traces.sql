-- What a visit has changed in its run's context, so that a run can go back to before a visit.
ALTER TABLE steps ADD COLUMN context TEXT;
