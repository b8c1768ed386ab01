SELECT id, name, type, entity, key, at, told_at, body
  FROM events INDEXED BY events_at ORDER BY at DESC, n DESC LIMIT :most;
