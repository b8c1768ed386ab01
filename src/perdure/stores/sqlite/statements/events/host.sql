INSERT INTO triggers (workflow, event, shift, skips, version, plan, seen_at)
SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, :now
  FROM jsonb_each(:rows);
