SELECT DISTINCT workflow FROM triggers WHERE seen_at < :before ORDER BY workflow;
