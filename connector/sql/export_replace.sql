-- Small tables are rewritten.
create or replace table target.connector.verifications as
from work.export_verifications
