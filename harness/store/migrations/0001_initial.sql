-- Append-only: rows are inserted and never changed. Absence is NULL with a reason, never NaN, never 0.0.

create table migration (
    number integer primary key,
    name varchar not null,
    harness varchar not null,       -- the version of embedding-harness that ran it
    applied_at timestamp not null
);

-- JSON that many runs share, keyed by its digest.
create table environment (digest varchar primary key, content varchar not null);
create table configuration (digest varchar primary key, content varchar not null);

create table run (
    id varchar primary key,
    started_at varchar not null     -- ISO 8601, UTC: sorts as it reads, and `started_at::timestamp` computes
        check (started_at like '____-__-__T__:__:__.______+00:00'),
    suite varchar not null,
    kind varchar not null,
    fingerprint varchar not null,
    embedder varchar not null,      -- as the user named it
    identity varchar,               -- Identity.key; this and what it is made of is NULL when opening failed
    backend varchar,
    name varchar,
    revision varchar,
    options varchar,                -- JSON
    is_symmetric boolean,
    status varchar not null check (status in ('ok', 'not_applicable', 'failed')),
    reason varchar not null,
    seconds double not null check (isfinite(seconds)),
    texts bigint not null,
    environment varchar not null,
    configuration varchar not null,
    check (status = 'ok' or reason <> ''),
    check (identity is not null or status <> 'ok')
);

create table score (
    run varchar not null,
    position integer not null,      -- 0 is the suite's headline
    metric varchar not null,
    value double check (isfinite(value)),
    low double check (isfinite(low)),
    high double check (isfinite(high)),
    interval_reason varchar not null,
    floor double check (isfinite(floor)),
    items bigint not null,
    higher_is_better boolean not null,
    status varchar not null check (status in ('ok', 'not_applicable', 'failed')),
    reason varchar not null,
    convention varchar not null,
    primary key (run, metric),
    check ((value is null) = (status <> 'ok')),
    check (value is not null or reason <> ''),
    check ((low is null) = (high is null)),
    check (low is not null or interval_reason <> '')
);

-- No key: it makes inserts 3.9 times slower and the file 7.5 times larger (1M rows). Store.add refuses repeats.
create table item (
    run varchar not null,
    measure varchar not null,       -- a metric, or evidence that a metric is computed from
    id varchar not null,
    cluster varchar not null,       -- ItemScores.groups: items of one cluster are not independent
    value double not null check (isfinite(value))
);

create table finding (
    run varchar not null,
    position integer not null,
    name varchar not null,
    subject varchar not null,
    value double check (isfinite(value)),
    note varchar not null,
    check (value is not null or note <> '')
);
