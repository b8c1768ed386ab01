INSERT INTO spent (scope, name, span, amount)
SELECT x.value->>0, x.value->>1, x.value->>2, :amount FROM json_each(:rows) AS x WHERE true
    ON CONFLICT (scope, name, span) DO UPDATE SET amount = amount + excluded.amount;
