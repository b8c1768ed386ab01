-- A run has ended, or lives again.
UPDATE runs SET ended_at = ?1 WHERE n = ?2;
