SELECT amount FROM spent WHERE scope = :scope AND name = :name AND span = :span;
