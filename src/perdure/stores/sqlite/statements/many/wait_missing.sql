SELECT json_group_array(json_array(x.value->>0)) FROM jsonb_each(?1) AS x
 WHERE x.value->>4 AND NOT EXISTS (
       SELECT 1 FROM waits AS w
        WHERE w.run = x.value->>0 AND w.step = x.value->>1 AND w.visit = x.value->>2
          AND w.kind = x.value->>3);
