-- What an index of the documents weighs, and findings that a reader of the table must not miss.

alter table run add column vector_bytes bigint;      -- of one stored document; NULL for a ranker, which has no vectors
alter table finding add column warning boolean default false;
