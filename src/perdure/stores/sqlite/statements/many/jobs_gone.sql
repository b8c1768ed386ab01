-- Whether a job must be there under a token is for the fence, which these rows have passed.
DELETE FROM jobs
 WHERE (run, step, visit) IN (
       SELECT value->>0, value->>1, value->>2 FROM jsonb_each(?1));
