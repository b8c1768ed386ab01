DELETE FROM signals WHERE number = :number;
