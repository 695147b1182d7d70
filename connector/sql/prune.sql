-- So many orders are looked up by skipping the parts of a table that cannot hold them.
set dynamic_or_filter_threshold = 10000
;
