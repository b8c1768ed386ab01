DELETE FROM kept WHERE run = ? AND signal = ?;
