UPDATE triggers SET seen_at = :now WHERE workflow IN (SELECT value FROM json_each(:workflows));
