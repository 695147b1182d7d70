-- Everything is sent again: a user asked for it, or a send has no side effects.
update ledger.distrusted
set is_accepted = true
where destination = $destination and environment = $environment
;
