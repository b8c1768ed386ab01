SELECT json_group_array(json_array(x.value->>0)) FROM jsonb_each(?1) AS x
 WHERE NOT EXISTS (SELECT 1 FROM inbox AS i WHERE i.id = x.value->>1 AND i.run = x.value->>0);
