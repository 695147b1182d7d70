select epoch_us(changed_at) as changed_at, salt, epoch_us(full_scan_at) as full_scan_at
from ledger.watermarks
where destination = $destination and environment = $environment
