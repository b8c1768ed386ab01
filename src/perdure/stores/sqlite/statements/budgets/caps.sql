SELECT scope, name, most, span, exceeded
  FROM budgets
 WHERE (scope = 'run' AND name = :run) OR (scope = 'workflow' AND name = :workflow)
 ORDER BY scope;
