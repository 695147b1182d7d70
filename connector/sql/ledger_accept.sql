-- Everything is sent again: somebody has asked for it, or it sets nothing off.
update ledger.distrusted
set is_accepted = true
where destination = $destination and environment = $environment
;
