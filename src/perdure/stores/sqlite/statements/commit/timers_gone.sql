DELETE FROM timers WHERE run = ? AND step = ? AND visit = ? AND kind = ?;
