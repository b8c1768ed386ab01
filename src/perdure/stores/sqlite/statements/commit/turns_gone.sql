-- The turns of workers that have not claimed for long: there may be none of their kind any more.
DELETE FROM turns
 WHERE queue IN (SELECT value->>0 FROM json_each(:rows)) AND at < :now - 3600.0;
