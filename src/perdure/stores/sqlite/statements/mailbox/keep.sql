INSERT INTO mailbox (name, key, message, payload, workflow, match, at, until)
SELECT name, key, message, payload, workflow, match, at, until FROM signals WHERE number = :number;
