SELECT master, count(*) FROM data_keys WHERE wrapped IS NOT NULL GROUP BY master;
