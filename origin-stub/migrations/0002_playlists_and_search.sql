-- Playlists, and what finding and ordering videos looks at.

-- A playlist's id is unique across accounts: its surrogate key `playlist-id-{id}` names no account.
create table playlists (
    id           text not null primary key,
    account_id   text not null references accounts (id),
    reference_id text,
    document     text not null,
    created_at   text not null,
    updated_at   text not null,
    unique (account_id, reference_id)
);

create index playlists_by_edit on playlists (account_id, updated_at);

-- As before, these repeat what SQL itself has to see of the document.
alter table videos add column name text not null default '';
alter table videos add column state text not null default '';
alter table videos add column is_playable boolean not null default false;
alter table videos add column schedule_starts_at text;
alter table videos add column schedule_ends_at text;
alter table videos add column plays_total bigint;
alter table videos add column plays_trailing_week bigint;

update videos set
    name                = json_extract(document, '$.name'),
    state               = json_extract(document, '$.state'),
    is_playable         = json_extract(document, '$.state') = 'ACTIVE'
                          and json_array_length(document, '$.sources') > 0
                          and coalesce(json_extract(document, '$.complete'), true),
    schedule_starts_at  = json_extract(document, '$.schedule.starts_at'),
    schedule_ends_at    = json_extract(document, '$.schedule.ends_at'),
    plays_total         = json_extract(document, '$.plays_total'),
    plays_trailing_week = json_extract(document, '$.plays_trailing_week');

create index videos_by_edit on videos (account_id, updated_at);

-- The words of videos, as `store/full_text.rs` keeps them from here on. The index knows a video by a
-- number alone, so a table beside it gives each one a number that stays.
create table video_numbers (
    number   integer not null primary key,
    video_id text not null unique references videos (id) on delete cascade
);

create virtual table video_words using fts5 (
    name, description, long_description, tags, reference_id, custom_fields, id,
    tokenize = "porter unicode61", content = '', contentless_delete = 1
);

-- The words of each custom field by itself, for searches that name one.
create table custom_field_numbers (
    number   integer not null primary key,
    video_id text not null references videos (id) on delete cascade,
    name     text not null,
    unique (video_id, name)
);

create index custom_field_numbers_by_name on custom_field_numbers (name);

create virtual table custom_field_words using fts5 (
    value,
    tokenize = "porter unicode61", content = '', contentless_delete = 1
);

insert into video_numbers (video_id) select id from videos order by id;

insert into video_words (rowid, name, description, long_description, tags, reference_id,
                         custom_fields, id)
select
    numbers.number,
    json_extract(videos.document, '$.name'),
    json_extract(videos.document, '$.description'),
    json_extract(videos.document, '$.long_description'),
    (select group_concat(value, ' ') from json_each(videos.document, '$.tags')),
    videos.reference_id,
    (select group_concat(value, ' ') from json_each(videos.document, '$.custom_fields')),
    videos.id
from videos join video_numbers as numbers on numbers.video_id = videos.id;

insert into custom_field_numbers (video_id, name)
select videos.id, field.key
from videos, json_each(videos.document, '$.custom_fields') as field
order by videos.id, field.key;

insert into custom_field_words (rowid, value)
select numbers.number, field.value
from custom_field_numbers as numbers
join videos on videos.id = numbers.video_id
join json_each(videos.document, '$.custom_fields') as field on field.key = numbers.name;
