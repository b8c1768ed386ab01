INSERT INTO history (run, seq, at, message, events, batch) VALUES (?, ?, ?, ?, ?, ?);
