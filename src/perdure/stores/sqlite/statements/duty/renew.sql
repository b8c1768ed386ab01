UPDATE workers SET lease_until = :now + :lease WHERE id = :worker AND NOT buried;
