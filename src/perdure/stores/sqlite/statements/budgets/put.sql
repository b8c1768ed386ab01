INSERT INTO budgets (scope, name, most, span, exceeded)
VALUES (:scope, :name, :most, :span, :exceeded)
    ON CONFLICT (scope, name) DO UPDATE
   SET most = excluded.most, span = excluded.span, exceeded = excluded.exceeded;
