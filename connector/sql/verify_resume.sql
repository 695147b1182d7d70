-- The last day that was judged of a verification that began not long ago and is the same, if any.
select (select max(day) from verified.days) as day
from verified.meta
where
    version = $version
    and scope = $scope
    and first = $first
    and last = $last
    and salt = $salt
    and began > $oldest
