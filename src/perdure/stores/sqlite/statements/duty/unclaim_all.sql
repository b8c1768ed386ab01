UPDATE jobs SET owner = NULL WHERE owner = :worker;
