SELECT number FROM signals ORDER BY number;
