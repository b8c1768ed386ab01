UPDATE runs SET plan = ?2, version = ?3 WHERE n = ?1;
