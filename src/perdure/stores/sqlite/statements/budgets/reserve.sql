INSERT INTO calls (run, workflow, step, visit, attempt, model, reserved, at)
VALUES (:run, :workflow, :step, :visit, :attempt, :model, :amount, :at)
RETURNING n;
