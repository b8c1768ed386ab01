SELECT workflow, declared, declared_waits, is_set, most, waits FROM limits;
