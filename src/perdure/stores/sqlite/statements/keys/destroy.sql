UPDATE data_keys SET wrapped = NULL, gone_at = ?2, gone_by = ?3
 WHERE run = (SELECT n FROM runs WHERE id = ?1) AND wrapped IS NOT NULL
RETURNING ?1;
