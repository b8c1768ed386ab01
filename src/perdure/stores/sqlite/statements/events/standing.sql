SELECT t.workflow, t.event, t.shift, t.seen_at,
       (SELECT count(*) FROM events AS e INDEXED BY events_name CROSS JOIN firings AS f
         WHERE e.name = t.event AND f.event = e.n AND f.shift = t.shift AND f.workflow = t.workflow)
  FROM triggers AS t ORDER BY t.event, t.shift, t.workflow;
