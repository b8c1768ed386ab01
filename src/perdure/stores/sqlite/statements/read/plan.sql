SELECT body FROM plans WHERE hash = :hash;
