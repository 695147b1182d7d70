-- From version 1: a run has the destination and environment of its intents and amounts.
drop view if exists ledger.in_doubt;

alter table ledger.planned drop column destination;

alter table ledger.planned drop column environment;

alter table ledger.amounts drop column if exists destination;

alter table ledger.amounts drop column if exists environment;
