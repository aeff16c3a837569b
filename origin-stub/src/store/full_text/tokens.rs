//! What is a word, and which words are the same: what SQLite's tokenizer says, for PostgreSQL too. Its
//! own parser and dictionaries would find other videos, and differ from server to server.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr as _,
    sync::Arc,
};

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::Mutex;

use super::{
    super::{StoreError, query::Value},
    Match,
};

/// Reads words as SQLite's index does, in a database of its own that is nowhere but in memory.
#[derive(Clone)]
pub(crate) struct Tokens(Arc<Mutex<SqliteConnection>>);

/// As the index of videos, see the migrations.
const TABLES: &str = "
    create virtual table texts using fts5 (text, tokenize = 'porter unicode61');
    create virtual table tokens using fts5vocab (texts, 'instance')";

impl Tokens {
    pub(in crate::store) async fn open() -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::from_str("sqlite::memory:")?;
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::raw_sql(TABLES).execute(&mut connection).await?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// The words of each text, in their order there.
    pub(super) async fn of(&self, texts: &[String]) -> Result<Vec<Vec<String>>, StoreError> {
        let mut connection = self.0.lock().await;
        // First, not last: whoever read before may have been cut short.
        sqlx::query("delete from texts")
            .execute(&mut *connection)
            .await?;
        sqlx::query("insert into texts (rowid, text) select key, value from json_each($1)")
            .bind(serde_json::json!(texts).to_string())
            .execute(&mut *connection)
            .await?;
        let found: Vec<(i64, String)> =
            sqlx::query_as("select doc, term from tokens order by doc, \"offset\"")
                .fetch_all(&mut *connection)
                .await?;
        let mut words = vec![Vec::new(); texts.len()];
        for (text, word) in found {
            if let Some(words) = usize::try_from(text).ok().and_then(|at| words.get_mut(at)) {
                words.push(word);
            }
        }
        Ok(words)
    }

    /// The values, with every word to look for read.
    pub(in crate::store) async fn read(
        &self,
        mut values: Vec<Value>,
    ) -> Result<Vec<Value>, StoreError> {
        let wanted = values
            .iter()
            .filter_map(Value::words)
            .flat_map(Match::words);
        let wanted: BTreeSet<String> = wanted.cloned().collect();
        if wanted.is_empty() {
            return Ok(values);
        }
        let texts: Vec<String> = wanted.into_iter().collect();
        let read = self.of(&texts).await?;
        let read: BTreeMap<String, Vec<String>> = texts.into_iter().zip(read).collect();
        for value in &mut values {
            if let Value::Words(words) = value {
                words.replace(&read);
            }
        }
        Ok(values)
    }
}

impl Match {
    fn words(&self) -> impl Iterator<Item = &String> {
        let alternatives = self.any_of.iter().flat_map(|part| &part.any_of);
        alternatives.flatten()
    }

    /// Puts what was read in the place of each word. One that is no word at all stays as the empty
    /// one, which nothing has.
    fn replace(&mut self, read: &BTreeMap<String, Vec<String>>) {
        let replaced = |word: &String| match read.get(word).map(Vec::as_slice) {
            None | Some([]) => vec![String::new()],
            Some(words) => words.to_vec(),
        };
        for part in &mut self.any_of {
            let alternatives = std::mem::take(&mut part.any_of).into_iter();
            part.any_of = alternatives
                .map(|words| words.iter().flat_map(replaced).collect())
                .collect();
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn words_are_read_without_endings_accents_and_case() {
        let tokens = Tokens::open().await.expect("a tokenizer");
        let texts = ["Running OTTERS", "", "Crème-brûlée, 2nd", "日本語 Straße"];
        let texts = texts.map(str::to_owned);
        let want: [&[&str]; 4] = [
            &["run", "otter"],
            &[],
            &["creme", "brule", "2nd"],
            &["日本語", "straß"],
        ];
        // Again, and nothing is left of the time before.
        for _ in 0..2 {
            assert_eq!(tokens.of(&texts).await.expect("words"), want);
        }
    }
}
