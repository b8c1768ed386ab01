INSERT INTO definitions (id, kind, name, revision, made_at, changed_at, key, said)
VALUES (:id, :kind, :name, :revision, :made_at, :changed_at, :key, :said)
    ON CONFLICT DO NOTHING;
