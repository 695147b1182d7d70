-- What takes orders back is delivered like any plan, before the plan itself.
alter table plan.planned rename to waiting;

alter table plan.removing rename to planned;
