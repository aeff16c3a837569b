-- What the CMS changed, in the order of its commits, and how far the purger has come.

-- `seq` is given under the write lock: a later number is a later commit. `autoincrement` keeps the
-- number of a change that was pruned from being given again. (Where writers do not take turns,
-- numbers can commit out of order and a reader would miss some: take a lock before.)
-- `object` is JSON: what was changed, and the names it goes by.
create table changes (
    seq        integer not null primary key autoincrement,
    account_id text not null,
    object     text not null,
    kind       text not null,
    created_at text not null
);

-- Up to where changes are gone: who has read less has missed some. One row.
create table change_feed (
    is_only   boolean not null primary key default true check (is_only),
    pruned_to bigint not null
);

insert into change_feed (pruned_to) values (0);

-- Every change up to `purged` was purged once, every one up to `settled` a second time, too.
create table purge_cursors (
    service_id text not null primary key,
    purged     bigint not null,
    settled    bigint not null,
    updated_at text not null
);
