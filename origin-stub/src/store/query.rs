//! Statements that both databases understand, and the values they are run with.

use sqlx::{
    Arguments as _, AssertSqlSafe, Database, Encode, FromRow, Postgres, SqlSafeStr, SqlStr, Sqlite,
    Type,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{StoreError, database::Connection, full_text::Match};

/// A statement with its parameters: `$1`, `$2` and so on.
pub(super) struct Query {
    sql: SqlStr,
    values: Vec<Value>,
}

/// What a parameter stands for.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(Option<String>),
    Number(Option<i64>),
    Bool(bool),
    /// Words, in the form the database's index is asked in.
    Words(Match),
}

/// A row of either database.
pub(super) trait Row:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

/// A statement whose text is this program's own.
pub(super) fn query(sql: &'static str) -> Query {
    Query {
        sql: sql.into_sql_str(),
        values: Vec::new(),
    }
}

impl Query {
    /// A statement that was put together of texts that are this program's own.
    pub(super) fn assembled(sql: String, values: Vec<Value>) -> Self {
        Self {
            sql: AssertSqlSafe(sql).into_sql_str(),
            values,
        }
    }

    /// Says what the next parameter stands for.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it; answers how many rows it wrote.
    pub(super) async fn execute(self, on: &mut Connection<'_>) -> Result<u64, StoreError> {
        match on {
            Connection::Sqlite(connection) => {
                let run = sqlx::query_with(self.sql, for_sqlite(self.values)?);
                Ok(run.execute(&mut **connection).await?.rows_affected())
            }
            Connection::Postgres(connection, tokens) => {
                let values = tokens.read(self.values).await?;
                let run = sqlx::query_with(self.sql, for_postgres(values)?);
                Ok(run.execute(&mut **connection).await?.rows_affected())
            }
        }
    }

    /// All rows it selects.
    pub(super) async fn fetch_all<T: Row>(
        self,
        on: &mut Connection<'_>,
    ) -> Result<Vec<T>, StoreError> {
        match on {
            Connection::Sqlite(connection) => {
                let run = sqlx::query_as_with(self.sql, for_sqlite(self.values)?);
                Ok(run.fetch_all(&mut **connection).await?)
            }
            Connection::Postgres(connection, tokens) => {
                let values = tokens.read(self.values).await?;
                let run = sqlx::query_as_with(self.sql, for_postgres(values)?);
                Ok(run.fetch_all(&mut **connection).await?)
            }
        }
    }

    /// The first row it selects, if there is one.
    pub(super) async fn fetch_optional<T: Row>(
        self,
        on: &mut Connection<'_>,
    ) -> Result<Option<T>, StoreError> {
        match on {
            Connection::Sqlite(connection) => {
                let run = sqlx::query_as_with(self.sql, for_sqlite(self.values)?);
                Ok(run.fetch_optional(&mut **connection).await?)
            }
            Connection::Postgres(connection, tokens) => {
                let values = tokens.read(self.values).await?;
                let run = sqlx::query_as_with(self.sql, for_postgres(values)?);
                Ok(run.fetch_optional(&mut **connection).await?)
            }
        }
    }

    /// The row it surely selects.
    pub(super) async fn fetch_one<T: Row>(self, on: &mut Connection<'_>) -> Result<T, StoreError> {
        let row = self.fetch_optional(on).await?;
        row.ok_or(StoreError::Database(sqlx::Error::RowNotFound))
    }
}

fn for_sqlite(values: Vec<Value>) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        add::<Sqlite>(&mut arguments, value, Match::for_fts5)?;
    }
    Ok(arguments)
}

fn for_postgres(values: Vec<Value>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for value in values {
        add::<Postgres>(&mut arguments, value, Match::for_tsquery)?;
    }
    Ok(arguments)
}

fn add<D: Database>(
    arguments: &mut D::Arguments,
    value: Value,
    words: fn(&Match) -> String,
) -> Result<(), StoreError>
where
    bool: for<'q> Encode<'q, D> + Type<D>,
    Option<i64>: for<'q> Encode<'q, D> + Type<D>,
    Option<String>: for<'q> Encode<'q, D> + Type<D>,
{
    let added = match value {
        Value::Text(text) => arguments.add(text),
        Value::Number(number) => arguments.add(number),
        Value::Bool(value) => arguments.add(value),
        Value::Words(value) => arguments.add(Some(words(&value))),
    };
    added.map_err(|reason| StoreError::Database(sqlx::Error::Encode(reason)))
}

// === impl Value ===

impl Value {
    /// The words it stands for, if it does.
    pub(super) fn words(&self) -> Option<&Match> {
        match self {
            Self::Words(words) => Some(words),
            Self::Text(_) | Self::Number(_) | Self::Bool(_) => None,
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(Some(number.into()))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Match> for Value {
    fn from(words: Match) -> Self {
        Self::Words(words)
    }
}
