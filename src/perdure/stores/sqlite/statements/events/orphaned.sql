-- Firings of these workflows whose trigger is there no more.
DELETE FROM firings
 WHERE workflow IN (SELECT value FROM json_each(:workflows)) AND NOT EXISTS (
       SELECT 1 FROM events AS e CROSS JOIN triggers AS t
        WHERE e.n = firings.event AND t.event = e.name AND t.shift = firings.shift
          AND t.workflow = firings.workflow);
