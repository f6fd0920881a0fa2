-- Where the suite of a run was found.

-- A run on a built-in suite, or on a task of mteb's, has no row: those are found by their names.
create table place (
    run varchar primary key,
    folder varchar not null         -- what -s named; relative to the folder of the store where both lie in one project
);
