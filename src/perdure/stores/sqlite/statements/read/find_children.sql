SELECT id FROM runs INDEXED BY runs_parent
 WHERE parent = :parent AND (:workflow IS NULL OR workflow = :workflow)
   AND (:status IS NULL OR status = :status) AND (NOT :live OR ended_at IS NULL)
 ORDER BY n DESC LIMIT :limit OFFSET :offset;
