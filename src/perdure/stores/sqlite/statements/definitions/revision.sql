INSERT INTO definition_revisions (definition, revision, version, body, made_at)
SELECT n, :revision, :version, :body, :changed_at FROM definitions WHERE id = :id;
