-- Messages that meant nothing, whatever became of their runs.
DELETE FROM inbox WHERE id IN (SELECT value FROM jsonb_each(:rows));
