-- The tables of PostgreSQL, with the columns and meanings of SQLite's in the folder above: the
-- statements are the same for both. The journal of backups is SQLite's alone.
--
-- Texts are in the order of their bytes, as in SQLite, whatever the locale of the database.

create table accounts (
    id         text collate "C" not null primary key,
    document   text collate "C" not null,
    created_at text collate "C" not null,
    updated_at text collate "C" not null
);

create table playback_rights (
    account_id text collate "C" not null references accounts (id),
    id         text collate "C" not null,
    document   text collate "C" not null,
    is_default boolean not null default false,
    created_at text collate "C" not null,
    updated_at text collate "C" not null,
    primary key (account_id, id)
);

create unique index default_playback_rights on playback_rights (account_id) where is_default;

create table videos (
    id                  text collate "C" not null primary key,
    account_id          text collate "C" not null references accounts (id),
    reference_id        text collate "C",
    playback_rights_id  text collate "C",
    document            text collate "C" not null,
    created_at          text collate "C" not null,
    updated_at          text collate "C" not null,
    published_at        text collate "C",
    name                text collate "C" not null,
    state               text collate "C" not null,
    is_playable         boolean not null,
    schedule_starts_at  text collate "C",
    schedule_ends_at    text collate "C",
    plays_total         bigint,
    plays_trailing_week bigint,
    unique (account_id, reference_id),
    foreign key (account_id, playback_rights_id) references playback_rights (account_id, id)
);

create index videos_by_playback_right on videos (account_id, playback_rights_id);
create index videos_by_edit on videos (account_id, updated_at);

-- The words of a video, as `store/full_text/tsvector.rs` writes them.
create table video_words (
    video_id text collate "C" not null primary key references videos (id) on delete cascade,
    words    tsvector not null
);

create index video_words_by_word on video_words using gin (words);

create table playlists (
    id           text collate "C" not null primary key,
    account_id   text collate "C" not null references accounts (id),
    reference_id text collate "C",
    document     text collate "C" not null,
    created_at   text collate "C" not null,
    updated_at   text collate "C" not null,
    unique (account_id, reference_id)
);

create index playlists_by_edit on playlists (account_id, updated_at);

create table policy_keys (
    account_id text collate "C" not null references accounts (id),
    key_id     text collate "C" not null,
    data       text collate "C" not null,
    created_at text collate "C" not null,
    revoked_at text collate "C",
    primary key (account_id, key_id)
);

create index policy_keys_by_creation on policy_keys (account_id, created_at);

-- `rowid` is a column of every table in SQLite: the order of insertion.
create table token_keys (
    account_id text collate "C" not null references accounts (id),
    id         text collate "C" not null,
    value      text collate "C" not null,
    created_at text collate "C" not null,
    rowid      bigint generated always as identity,
    primary key (account_id, id)
);

-- A write takes its numbers under the lock that all writes take (`store/database/postgres.rs`): in
-- the order of the commits and without a gap, which a sequence would not give.
create table changes (
    seq        bigint not null primary key,
    account_id text collate "C" not null,
    object     text collate "C" not null,
    kind       text collate "C" not null,
    created_at text collate "C" not null
);

create table change_feed (
    is_only   boolean not null primary key default true check (is_only),
    pruned_to bigint not null
);

insert into change_feed (pruned_to) values (0);

create table purge_cursors (
    service_id text collate "C" not null primary key,
    purged     bigint not null,
    settled    bigint not null,
    updated_at text collate "C" not null
);
