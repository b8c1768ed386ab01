-- Up to which message a live run's history goes, when that was, and how many it has up to there.
-- No one is missing in between, so they are counted by their numbers.
SELECT h.seq, h.at, h.seq - next.seq + 1
  FROM (SELECT min(l.seq) AS seq FROM history AS l WHERE l.run = :run) AS next
 CROSS JOIN runs AS r ON r.n = :run AND r.ended_at IS NULL
 CROSS JOIN history AS h ON h.run = :run AND h.seq = min(r.seq - :keep, next.seq + :most - 1)
 WHERE h.seq >= next.seq;
