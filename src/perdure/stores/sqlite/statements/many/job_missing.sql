SELECT json_group_array(json_array(x.value->>0)) FROM jsonb_each(?1) AS x
 WHERE x.value->>3 IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM jobs AS j
        WHERE j.run = x.value->>0 AND j.step = x.value->>1 AND j.visit = x.value->>2
          AND j.token = x.value->>3);
