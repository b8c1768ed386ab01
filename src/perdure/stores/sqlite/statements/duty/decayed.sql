-- Buried incarnations are remembered until the last of their jobs has gone to another.
DELETE FROM workers WHERE buried AND id NOT IN (SELECT owner FROM jobs WHERE owner IS NOT NULL);
