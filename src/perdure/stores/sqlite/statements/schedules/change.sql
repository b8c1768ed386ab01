UPDATE schedules
   SET seq = x.value->>1, workflow = x.value->>2, said = x.value->>3, declared = x.value->>4,
       hosted = x.value->>5, paused = x.value->>6, made_at = x.value->>7, next_at = x.value->>8,
       last_at = x.value->>9, last_run = x.value->>10, skipped = x.value->>11,
       error = x.value->>12
  FROM jsonb_each(:row) AS x
 WHERE schedules.name = x.value->>0 AND schedules.seq = :old;
