SELECT name, seq, workflow, said, declared, hosted, paused, made_at, next_at, last_at, last_run,
       skipped, error
  FROM schedules WHERE next_at <= :now
 ORDER BY next_at, name;
