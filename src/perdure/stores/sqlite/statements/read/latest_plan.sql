SELECT hash, body FROM plans WHERE workflow = :workflow ORDER BY n DESC LIMIT 1;
