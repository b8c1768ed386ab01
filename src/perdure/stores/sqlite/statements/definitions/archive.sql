UPDATE definitions SET archived_at = :at WHERE id = :id AND archived_at IS NULL;
