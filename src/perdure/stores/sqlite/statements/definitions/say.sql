UPDATE definitions SET said = :said WHERE id = :id AND said = :old AND archived_at IS NULL;
