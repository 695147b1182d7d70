-- Nothing is to be given up, whatever the ledger holds.
create table plan.removing (order_id varchar);
create table work.leaving (order_id varchar, unremoved_run integer);
create table work.taken_back (order_id varchar);
create table work.removing_late (order_id varchar, moment timestamptz);
create table if not exists work.unfit (order_id varchar, number integer);
