DELETE FROM jobs
 WHERE run = ?1 AND step = ?2 AND visit = ?3 AND (?4 IS NULL OR token = ?4);
