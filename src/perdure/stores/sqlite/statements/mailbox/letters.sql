SELECT n, name, key, message, payload, workflow, match, at, until
  FROM mailbox ORDER BY n LIMIT :most;
