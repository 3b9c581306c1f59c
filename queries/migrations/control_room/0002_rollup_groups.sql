-- Days and quarters of the rollups are kept by `rollup_group`; of a version that had a `family` there
-- nothing is of use, for its definitions were others: all of it is built anew.
do $$
begin
    if exists (
        select from information_schema.columns
        where table_schema = 'control_room' and table_name = 'rollup_days' and column_name = 'family'
    ) then
        drop table if exists
            control_room.rollup_state, control_room.rollup_days, control_room.rollup_quarters;
    end if;
end
$$;
