-- What has been begun and counts no more: its span is over, or its queue has no rate any longer.
DELETE FROM begun WHERE queue IN (SELECT value->>0 FROM json_each(:rows)) AND NOT EXISTS (
       SELECT 1 FROM queues AS q
        WHERE q.name = begun.queue AND begun.at > :now - q.seconds AND begun.at <= :now + q.seconds);
