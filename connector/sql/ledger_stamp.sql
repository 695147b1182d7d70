update ledger.stamp
set sequence = sequence + 1
;
