SELECT id FROM runs INDEXED BY runs_live
 WHERE ended_at IS NULL AND (:workflow IS NULL OR workflow = :workflow)
   AND (:status IS NULL OR status = :status)
 ORDER BY n DESC LIMIT :limit OFFSET :offset;
