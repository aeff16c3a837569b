-- What was written since the last backup, row by row, for a backup to take. SQLite's alone, like the
-- backups that it is for.
--
-- Nothing is noted before the first backup, nor when none has been made for days: whoever makes no
-- backups pays for none.

-- `record` is a table, `row` the JSON of a row of it: whole if it was written, its key if it was
-- deleted. Numbers are given under the write lock, so their order is that of the writing.
create table journal (
    number     integer not null primary key autoincrement,
    record     text not null,
    is_deleted boolean not null,
    row        text not null
);

-- The last number of each transaction, and when that was about to commit.
create table journal_commits (
    number integer not null primary key,
    at     text not null
);

-- One row. `database_id` tells this database from every other; what is restored gets one of its own.
-- The journal is whole after `pruned_to`, if it is kept at all.
create table journal_state (
    is_only     boolean not null primary key default true check (is_only),
    database_id text not null,
    is_kept     boolean not null default false,
    pruned_to   bigint not null default 0
);

insert into journal_state (database_id) values (lower(hex(randomblob(16))));

-- The folders that backups are made to: how far each has the journal, and the checksum of its last file.
create table backups (
    folder   text not null primary key,
    taken_to bigint not null,
    checksum text not null,
    at       text not null
);

-- accounts

create trigger journal_accounts_insert after insert on accounts when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('accounts', false,
            json_object('id', new.id, 'document', new.document, 'created_at', new.created_at,
                'updated_at', new.updated_at));
end;

create trigger journal_accounts_update after update on accounts when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('accounts', false,
            json_object('id', new.id, 'document', new.document, 'created_at', new.created_at,
                'updated_at', new.updated_at));
end;

create trigger journal_accounts_delete after delete on accounts when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('accounts', true,
            json_object('id', old.id));
end;

create trigger journal_accounts_rename before update of id on accounts when (select is_kept from journal_state)
    and (new.id <> old.id)
begin
    insert into journal (record, is_deleted, row) values ('accounts', true,
            json_object('id', old.id));
end;

-- playback_rights

create trigger journal_playback_rights_insert after insert on playback_rights when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('playback_rights', false,
            json_object('account_id', new.account_id, 'id', new.id, 'document', new.document,
                'created_at', new.created_at, 'updated_at', new.updated_at,
                'is_default', new.is_default));
end;

create trigger journal_playback_rights_update after update on playback_rights when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('playback_rights', false,
            json_object('account_id', new.account_id, 'id', new.id, 'document', new.document,
                'created_at', new.created_at, 'updated_at', new.updated_at,
                'is_default', new.is_default));
end;

create trigger journal_playback_rights_delete after delete on playback_rights when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('playback_rights', true,
            json_object('account_id', old.account_id, 'id', old.id));
end;

create trigger journal_playback_rights_rename before update of account_id, id on playback_rights when (select is_kept from journal_state)
    and (new.account_id <> old.account_id or new.id <> old.id)
begin
    insert into journal (record, is_deleted, row) values ('playback_rights', true,
            json_object('account_id', old.account_id, 'id', old.id));
end;

-- videos

create trigger journal_videos_insert after insert on videos when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('videos', false,
            json_object('id', new.id, 'account_id', new.account_id,
                'reference_id', new.reference_id, 'playback_rights_id', new.playback_rights_id,
                'document', new.document, 'created_at', new.created_at,
                'updated_at', new.updated_at, 'published_at', new.published_at, 'name', new.name,
                'state', new.state, 'is_playable', new.is_playable,
                'schedule_starts_at', new.schedule_starts_at,
                'schedule_ends_at', new.schedule_ends_at, 'plays_total', new.plays_total,
                'plays_trailing_week', new.plays_trailing_week));
end;

create trigger journal_videos_update after update on videos when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('videos', false,
            json_object('id', new.id, 'account_id', new.account_id,
                'reference_id', new.reference_id, 'playback_rights_id', new.playback_rights_id,
                'document', new.document, 'created_at', new.created_at,
                'updated_at', new.updated_at, 'published_at', new.published_at, 'name', new.name,
                'state', new.state, 'is_playable', new.is_playable,
                'schedule_starts_at', new.schedule_starts_at,
                'schedule_ends_at', new.schedule_ends_at, 'plays_total', new.plays_total,
                'plays_trailing_week', new.plays_trailing_week));
end;

create trigger journal_videos_delete after delete on videos when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('videos', true,
            json_object('id', old.id));
end;

create trigger journal_videos_rename before update of id on videos when (select is_kept from journal_state)
    and (new.id <> old.id)
begin
    insert into journal (record, is_deleted, row) values ('videos', true,
            json_object('id', old.id));
end;

-- playlists

create trigger journal_playlists_insert after insert on playlists when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('playlists', false,
            json_object('id', new.id, 'account_id', new.account_id,
                'reference_id', new.reference_id, 'document', new.document,
                'created_at', new.created_at, 'updated_at', new.updated_at));
end;

create trigger journal_playlists_update after update on playlists when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('playlists', false,
            json_object('id', new.id, 'account_id', new.account_id,
                'reference_id', new.reference_id, 'document', new.document,
                'created_at', new.created_at, 'updated_at', new.updated_at));
end;

create trigger journal_playlists_delete after delete on playlists when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('playlists', true,
            json_object('id', old.id));
end;

create trigger journal_playlists_rename before update of id on playlists when (select is_kept from journal_state)
    and (new.id <> old.id)
begin
    insert into journal (record, is_deleted, row) values ('playlists', true,
            json_object('id', old.id));
end;

-- policy_keys

create trigger journal_policy_keys_insert after insert on policy_keys when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('policy_keys', false,
            json_object('account_id', new.account_id, 'key_id', new.key_id, 'data', new.data,
                'created_at', new.created_at, 'revoked_at', new.revoked_at));
end;

create trigger journal_policy_keys_update after update on policy_keys when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('policy_keys', false,
            json_object('account_id', new.account_id, 'key_id', new.key_id, 'data', new.data,
                'created_at', new.created_at, 'revoked_at', new.revoked_at));
end;

create trigger journal_policy_keys_delete after delete on policy_keys when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('policy_keys', true,
            json_object('account_id', old.account_id, 'key_id', old.key_id));
end;

create trigger journal_policy_keys_rename before update of account_id, key_id on policy_keys when (select is_kept from journal_state)
    and (new.account_id <> old.account_id or new.key_id <> old.key_id)
begin
    insert into journal (record, is_deleted, row) values ('policy_keys', true,
            json_object('account_id', old.account_id, 'key_id', old.key_id));
end;

-- token_keys

create trigger journal_token_keys_insert after insert on token_keys when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('token_keys', false,
            json_object('account_id', new.account_id, 'id', new.id, 'value', new.value,
                'created_at', new.created_at));
end;

create trigger journal_token_keys_update after update on token_keys when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('token_keys', false,
            json_object('account_id', new.account_id, 'id', new.id, 'value', new.value,
                'created_at', new.created_at));
end;

create trigger journal_token_keys_delete after delete on token_keys when (select is_kept from journal_state)
begin
    insert into journal (record, is_deleted, row) values ('token_keys', true,
            json_object('account_id', old.account_id, 'id', old.id));
end;

create trigger journal_token_keys_rename before update of account_id, id on token_keys when (select is_kept from journal_state)
    and (new.account_id <> old.account_id or new.id <> old.id)
begin
    insert into journal (record, is_deleted, row) values ('token_keys', true,
            json_object('account_id', old.account_id, 'id', old.id));
end;
