SELECT id FROM runs INDEXED BY runs_parent
 WHERE parent = :run AND (:brood IS NULL OR of_brood = :brood)
 ORDER BY of_brood, place;
