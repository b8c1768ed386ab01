SELECT count(*) FROM labels AS l CROSS JOIN runs AS r ON r.n = l.run
 WHERE l.name = 'definition' AND l.value = :id
   AND (:status IS NULL OR r.status = :status OR (:status = 'live' AND r.ended_at IS NULL));
