DELETE FROM inbox WHERE id IN (SELECT value->>1 FROM jsonb_each(?1));
