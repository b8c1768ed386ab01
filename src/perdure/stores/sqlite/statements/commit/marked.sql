-- Which of these runs carry the mark of the batch.
SELECT r.id
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 WHERE r.id = x.value->>0 AND r.batch = :batch;
