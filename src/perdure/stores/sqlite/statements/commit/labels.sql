INSERT INTO labels (run, name, value, number) VALUES (?, ?, ?, ?);
