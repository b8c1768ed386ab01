-- The runs whose schedules are gone, or do not stand as they did.
SELECT x.value->>0
  FROM jsonb_each(:rows) AS x LEFT JOIN schedules AS s ON s.name = x.value->>1
 WHERE s.seq IS NOT x.value->>2;
