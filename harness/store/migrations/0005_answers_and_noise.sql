-- What was put first for each item, and how far runs of the same embedder lie apart.

-- No key, as in item. An item for which nothing was put first has no row.
create table answer (
    run varchar not null,
    id varchar not null,            -- of the item
    answer varchar not null         -- the id of a document, a word, a label
);

-- A row per metric and measurement: the same embedder was run several times on the same data.
create table noise (
    suite varchar not null,
    fingerprint varchar not null,
    embedder varchar not null,      -- as the user named it
    identity varchar not null,      -- Identity.key
    metric varchar not null,
    runs bigint not null,
    largest double not null check (isfinite(largest)),      -- difference of the scores of two runs
    spread double not null check (isfinite(spread)),        -- standard deviation of the scores
    items bigint not null,
    changed bigint not null,        -- items whose value was not the same in all runs
    margin double not null check (isfinite(margin)),
    flips bigint not null,          -- pairs of runs between which a gate with that margin would not have passed
    pairs bigint not null,
    measured_at varchar not null    -- ISO 8601, UTC
        check (measured_at like '____-__-__T__:__:__.______+00:00'),
    primary key (suite, fingerprint, embedder, identity, metric, margin, measured_at)
);
