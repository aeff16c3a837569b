-- The catalog: accounts, the playback rights they share among videos, and videos.
--
-- `document` is the JSON of what an editor may write and the only copy that is read. The other
-- columns repeat what SQL itself has to see: identity, uniqueness, references, order.
-- Times are ISO 8601 in UTC with milliseconds, so that their order as text is their order in time.

create table accounts (
    id         text not null primary key,
    document   text not null,
    created_at text not null,
    updated_at text not null
);

create table playback_rights (
    account_id text not null references accounts (id),
    id         text not null,
    document   text not null,
    created_at text not null,
    updated_at text not null,
    primary key (account_id, id)
);

-- A video's id is unique across accounts: its surrogate key `video-id-{id}` names no account.
create table videos (
    id                 text not null primary key,
    account_id         text not null references accounts (id),
    reference_id       text,
    playback_rights_id text,
    document           text not null,
    created_at         text not null,
    updated_at         text not null,
    published_at       text,
    unique (account_id, reference_id),
    foreign key (account_id, playback_rights_id) references playback_rights (account_id, id)
);

create index videos_by_playback_right on videos (account_id, playback_rights_id);
