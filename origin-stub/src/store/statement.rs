//! A statement whose text is this program's own: whatever comes from outside is bound.

use sqlx::{Encode, FromRow, QueryBuilder, Sqlite, SqliteConnection, Type, sqlite::SqliteRow};

use super::StoreError;

/// A `select` that is put together from parts.
pub(super) struct Statement(QueryBuilder<Sqlite>);

impl Statement {
    pub(super) fn new(sql: &'static str) -> Self {
        Self(QueryBuilder::new(sql))
    }

    /// Adds text. A text from outside has no such lifetime.
    pub(super) fn push(&mut self, sql: &'static str) -> &mut Self {
        self.0.push(sql);
        self
    }

    /// Adds a value, as a parameter.
    pub(super) fn bind<T>(&mut self, value: T) -> &mut Self
    where
        T: for<'q> Encode<'q, Sqlite> + Type<Sqlite>,
    {
        self.0.push_bind(value);
        self
    }

    /// Adds values between parentheses, as parameters.
    pub(super) fn bind_list<T>(&mut self, values: impl IntoIterator<Item = T>) -> &mut Self
    where
        T: for<'q> Encode<'q, Sqlite> + Type<Sqlite>,
    {
        self.push("(");
        let mut list = self.0.separated(", ");
        for value in values {
            list.push_bind(value);
        }
        self.push(")")
    }

    /// The rows it selects.
    pub(super) async fn rows<T>(
        mut self,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<T>, StoreError>
    where
        T: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
    {
        Ok(self.0.build_query_as().fetch_all(connection).await?)
    }
}
