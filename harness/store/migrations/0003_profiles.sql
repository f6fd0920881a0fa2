-- Profiles, what an embedder costs, are runs of the kind `profile` with findings and without scores. No table changes: the
-- views are made anew, so that the comparison table leaves them out and the view `profile` has them.

select 1;
