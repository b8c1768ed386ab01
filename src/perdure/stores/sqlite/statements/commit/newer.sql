-- A revision that another live process has announced, and that who claims does not know of.
SELECT v.n FROM revisions AS v CROSS JOIN workers AS w ON w.id = v.worker
 WHERE v.n > :seen AND v.worker <> :owner AND NOT w.buried LIMIT 1;
