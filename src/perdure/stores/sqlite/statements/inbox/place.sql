UPDATE signals SET place = :place WHERE number = :number;
