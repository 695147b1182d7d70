insert into verified.meta
values ($version, $scope, $first, $last, $salt, $began)
