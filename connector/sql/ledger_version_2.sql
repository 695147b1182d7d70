-- From version 1: a run tells of which destination and environment its intents and amounts are.
drop view if exists ledger.in_doubt;

alter table ledger.planned drop column destination;

alter table ledger.planned drop column environment;

alter table ledger.amounts drop column if exists destination;

alter table ledger.amounts drop column if exists environment;
