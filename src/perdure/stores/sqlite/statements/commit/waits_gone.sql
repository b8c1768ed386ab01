-- The waits of this kind, whatever their names; whether one must be there is for the fence.
DELETE FROM waits WHERE run = ?1 AND step = ?2 AND visit = ?3 AND kind = ?4 AND ?5 IS NOT NULL;
