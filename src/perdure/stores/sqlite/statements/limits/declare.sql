-- What classes say. One that says nothing is entered only where it, or somebody, had said something.
INSERT INTO limits (workflow, declared, declared_waits)
SELECT value->>0, value->>1, value->>2 FROM jsonb_each(:rows)
 WHERE value->>1 IS NOT NULL
    OR EXISTS (SELECT 1 FROM limits AS l WHERE l.workflow = value->>0)
    ON CONFLICT (workflow) DO UPDATE
   SET declared = excluded.declared, declared_waits = excluded.declared_waits
 WHERE (limits.declared, limits.declared_waits)
       IS NOT (excluded.declared, excluded.declared_waits)
RETURNING workflow;
