select count(*) from work.current where outcome = 'delivered'
