-- One firing for each trigger, and one of no workflow, at which those who wait for the event have it.
INSERT INTO firings (event, shift, workflow, due)
SELECT e.n, t.shift, t.workflow, e.at + t.shift
  FROM events AS e CROSS JOIN triggers AS t
 WHERE e.id = :id AND t.event = e.name AND NOT (t.skips AND e.at + t.shift < e.told_at)
 UNION ALL
SELECT n, 0.0, '', at FROM events WHERE id = :id;
