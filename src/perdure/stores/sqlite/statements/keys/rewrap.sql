UPDATE data_keys SET master = ?2, wrapped = ?3
 WHERE run = (SELECT n FROM runs WHERE id = ?1) AND master = ?4 AND wrapped IS NOT NULL;
