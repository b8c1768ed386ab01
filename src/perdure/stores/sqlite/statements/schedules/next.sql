SELECT min(next_at) FROM schedules WHERE next_at > :now;
