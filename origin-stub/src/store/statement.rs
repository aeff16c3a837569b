//! A statement whose text is this program's own: whatever comes from outside is bound.

use std::fmt::Write as _;

use super::{
    StoreError,
    database::{Connection, Dialect},
    query::{Query, Row, Value},
};

/// A `select` that is put together from parts.
pub(super) struct Statement {
    dialect: Dialect,
    sql: String,
    values: Vec<Value>,
}

impl Statement {
    pub(super) fn new(dialect: Dialect, sql: &'static str) -> Self {
        Self {
            dialect,
            sql: sql.to_owned(),
            values: Vec::new(),
        }
    }

    /// What it is written for, where that makes a difference.
    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Adds text. A text from outside has no such lifetime.
    pub(super) fn push(&mut self, sql: &'static str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Adds a value, as a parameter.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        // Writing to a text does not fail.
        write!(self.sql, "${}", self.values.len()).ok();
        self
    }

    /// Adds values between parentheses, as parameters.
    pub(super) fn bind_list<T: Into<Value>>(
        &mut self,
        values: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        let mut separator = "(";
        for value in values {
            self.push(separator).bind(value);
            separator = ", ";
        }
        // Of none, a list that is empty for PostgreSQL, too.
        match separator {
            "(" => self.push("(select '' where false)"),
            _ => self.push(")"),
        }
    }

    /// The rows it selects.
    pub(super) async fn rows<T: Row>(
        self,
        connection: &mut Connection<'_>,
    ) -> Result<Vec<T>, StoreError> {
        let query = Query::assembled(self.sql, self.values);
        query.fetch_all(connection).await
    }
}
