UPDATE data_keys SET wrapped = NULL, gone_at = ?2, gone_by = ?3
 WHERE run = ?1 AND wrapped IS NOT NULL;
