-- The runs of a workflow that live already have their places, however many they are.
INSERT INTO places (run, workflow)
SELECT n, workflow FROM runs INDEXED BY runs_workflow
 WHERE workflow = :workflow AND ended_at IS NULL AND status <> 'pending'
    ON CONFLICT DO NOTHING;
