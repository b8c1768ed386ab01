UPDATE workers SET buried = 1
 WHERE id = :worker AND NOT buried AND (:forced OR lease_until <= :now)
RETURNING lock;
