-- What is small is written anew.
create or replace table target.connector.verifications as
from work.export_verifications
