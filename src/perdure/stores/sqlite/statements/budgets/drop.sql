DELETE FROM budgets WHERE scope = :scope AND name = :name;
