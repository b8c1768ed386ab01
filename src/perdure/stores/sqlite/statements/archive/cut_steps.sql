-- What ended before that, step by step: the rows of one step stand in the index in their order.
DELETE FROM steps
 WHERE n IN (SELECT s.n FROM steps AS s
              WHERE s.run = :run AND s.step = :step AND s.ended_at < :at ORDER BY s.n LIMIT :most);
