-- Which of these heartbeats have counted.
SELECT x.key
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id CROSS JOIN jobs AS j
 WHERE r.id = x.value->>0 AND j.run = r.n AND j.step = x.value->>1 AND j.visit = x.value->>2
   AND j.token = x.value->>3 AND j.owner = x.value->>4;
