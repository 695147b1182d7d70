-- Whether any order that was delivered or is in doubt may lack in the view. An unchanged order that
-- the changes leave out is in it, so that numbers tell it without a look at each.
select
    $known
    <> (select count(*) from work.snapshot)
    - (select count(*) from plan.changes where delivered_run is null)
    or exists (from work.doubts)
