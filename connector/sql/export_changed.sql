create table work.export_changed as
from work.export_orders
except
from work.exported_orders
