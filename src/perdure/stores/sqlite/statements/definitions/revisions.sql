SELECT v.revision, v.version, v.made_at
  FROM definitions AS d CROSS JOIN definition_revisions AS v ON v.definition = d.n
 WHERE d.id = :id ORDER BY v.revision DESC;
