-- The runs with these ids that still stand where they were loaded, as one text: for each row of an
-- answer the interpreter's lock would be let go of again.
SELECT json_group_array(json_array(r.id, r.n, r.ended_at))
  FROM jsonb_each(?1) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 WHERE r.id = x.value->>0 AND r.seq = x.value->>1;
