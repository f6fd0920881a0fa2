-- What `harness sql` is for. Made anew whenever a migration ran: a change here comes with a migration.

-- The latest run of every embedder on the newest data of every suite. Results on older data stay in `run`.
-- A suite that could not be read (no fingerprint) or an embedder that could not be opened (no identity) replaces what
-- was there under the same names, until a later run replaces it. What an embedder costs (kind profile) never replaces
-- results of a suite that happens to be called profile.
-- Imported results (fingerprint imported:…) were made elsewhere, on data that nobody here has seen: they stand beside
-- ours, whatever data those are on, and say nothing about which data are the newest.
create or replace view latest as
with
    told_apart as (select *, starts_with(fingerprint, 'imported:') as imported from run),
    dated as (
        select
            *,
            identity is null or fingerprint = '' as blank,
            first_value(fingerprint) over (
                partition by suite, kind = 'profile', imported order by fingerprint <> '' desc, started_at desc, id desc
            ) as newest
        from told_apart
    ),
    placed as (
        select
            *,
            row_number() over (
                partition by suite, kind = 'profile', embedder, identity, blank order by started_at desc, id desc
            ) as place,
            row_number() over (
                partition by suite, kind = 'profile', embedder order by started_at desc, id desc
            ) as place_of_name,
            max(case when blank then started_at || id end) over (
                partition by suite, kind = 'profile', embedder
            ) as last_blank
        from dated
        where imported or fingerprint in (newest, '')
    )
select * exclude (blank, newest, place, place_of_name, last_blank)
from placed
where place = 1 and case when blank then place_of_name = 1 else started_at || id > coalesce(last_blank, '') end;

-- A line per score of `latest`, profiles left out: they have none. A run that ended without any score has one line,
-- without a metric. Scores that were made under an older convention of their metric are another number under the same
-- name, and left out; what was imported is compared with neither.
create or replace view leaderboard as
select
    latest.suite,
    latest.kind,
    latest.embedder,
    coalesce(score.metric, '') as metric,
    score.value,
    score.low,
    score.high,
    score.floor,
    coalesce(score.items, 0) as items,
    coalesce(score.status, latest.status) as status,
    coalesce(score.reason, latest.reason) as reason,
    latest.id as run,
    latest.fingerprint,
    latest.seconds,
    coalesce(latest.identity, '') as identity,
    coalesce(score.position, 0) = 0 as headline,
    coalesce(score.higher_is_better, true) as higher_is_better,
    coalesce(score.interval_reason, latest.reason) as interval_reason,
    latest.started_at,
    latest.vector_bytes,
    (
        select coalesce(list(distinct finding.note order by finding.note), [])
        from finding where finding.run = latest.id and finding.warning
    ) as warnings,
    coalesce(score.position, 0) as position
from latest
left join score on score.run = latest.id
where latest.kind <> 'profile'
qualify
    score.convention is null
    or latest.imported
    or score.convention = first_value(score.convention) over (
        partition by latest.suite, score.metric, latest.imported
        order by latest.started_at desc, latest.id desc
    );

-- What an embedder costs: a line per measure of its latest profile, the unit before the note.
create or replace view profile as
select latest.embedder, finding.name, finding.subject, finding.value, finding.note, latest.started_at, latest.id as run
from latest
join finding on finding.run = latest.id
where latest.kind = 'profile';
