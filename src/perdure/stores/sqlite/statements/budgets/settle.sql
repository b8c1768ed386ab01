UPDATE calls SET cost = :amount
 WHERE n = :n AND cost IS NULL
RETURNING run, workflow, at, reserved;
