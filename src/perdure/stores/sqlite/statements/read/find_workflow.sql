SELECT id FROM runs INDEXED BY runs_workflow
 WHERE workflow = :workflow AND (:status IS NULL OR status = :status)
 ORDER BY n DESC LIMIT :limit OFFSET :offset;
