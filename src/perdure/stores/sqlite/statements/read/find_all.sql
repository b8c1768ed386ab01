SELECT id FROM runs
 WHERE :status IS NULL OR status = :status
 ORDER BY n DESC LIMIT :limit OFFSET :offset;
