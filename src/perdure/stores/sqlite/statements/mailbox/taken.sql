DELETE FROM mailbox WHERE n IN (SELECT value FROM jsonb_each(:numbers));
