SELECT json_group_array(json_array(r.id, r.n))
  FROM jsonb_each(?1) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 WHERE r.id = x.value->>0 AND r.batch = x.value->>1;
