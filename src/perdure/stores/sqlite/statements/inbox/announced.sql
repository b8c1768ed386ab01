SELECT name, message, payload, workflow, key, place FROM signals WHERE number = :number;
