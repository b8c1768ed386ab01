SELECT min(due) FROM firings;
