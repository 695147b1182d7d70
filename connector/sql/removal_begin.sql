-- What takes orders back is delivered like any plan, before the plan itself.
alter table work.planned rename to waiting;

alter table work.removing rename to planned;
