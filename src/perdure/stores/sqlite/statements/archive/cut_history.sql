DELETE FROM history WHERE run = :run AND seq <= :seq;
