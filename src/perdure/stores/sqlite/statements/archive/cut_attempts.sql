DELETE FROM attempts
 WHERE n IN (SELECT a.n FROM attempts AS a
              WHERE a.run = :run AND a.ended_at < :at ORDER BY a.n LIMIT :most);
