-- Whether anything may have been cut off on a day or beside it.
select count(problem) > 0 from verified.days where day between $day - 1 and $day + 1
