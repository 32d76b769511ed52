-- Every value the API sent fits its typed column: the payload keeps the others, the reports lack them.
select team_id, stream, column_name, rows_affected, example_id
from sync_drift
where rows_affected > 0
