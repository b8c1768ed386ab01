-- Gives jobs of stranded runs their own hosts again, so that they are tried by the code that is now.
UPDATE jobs SET host = substr(host, 2)
 WHERE owner IS NULL AND host IN (SELECT '!' || value FROM json_each(:hosts));
