-- What the indexes of live runs look at is not written here: else each move would write them anew.
UPDATE runs
   SET seq = ?3, status = ?4, paused = ?5, cursor = ?6, marks = ?7, visits = ?8, error = ?10,
       brood = ?11, scopes = ?12, batch = ?13
 WHERE n = ?1;
