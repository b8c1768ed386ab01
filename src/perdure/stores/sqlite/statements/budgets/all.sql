SELECT scope, name, most, span, exceeded FROM budgets ORDER BY scope, name;
