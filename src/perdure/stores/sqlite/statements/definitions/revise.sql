UPDATE definitions SET name = :name, revision = :revision, changed_at = :changed_at
 WHERE id = :id AND revision = :old AND archived_at IS NULL;
