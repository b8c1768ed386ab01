DELETE FROM mailbox WHERE until <= (SELECT at FROM signals WHERE number = :number);
