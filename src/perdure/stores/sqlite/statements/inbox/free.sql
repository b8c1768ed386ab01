DELETE FROM taken WHERE at < :until;
