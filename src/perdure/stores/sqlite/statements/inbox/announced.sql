SELECT name, message, payload, workflow, key, place, kind, match, until,
       ifnull(most, 1 << 62)
  FROM signals WHERE number = :number;
