//! `seeds FOLDER`: writes the first inputs of every target, made of the scenario tables and the demo.

// The catalog of the demo.
mod demo;
// Entries and tokens, which are in no file.
mod made;
// The scenario tables.
mod scenarios;

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

/// Inputs on their way to their folders.
struct Seeds {
    folder: PathBuf,
    written: usize,
}

impl Seeds {
    fn add(&mut self, target: &str, input: impl AsRef<[u8]>) -> Result<(), Box<dyn Error>> {
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder)?;
        self.written += 1;
        let name = format!("seed-{}", self.written);
        fs::write(folder.join(name), input)?;
        Ok(())
    }
}

/// A file of the project.
fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("usage: seeds FOLDER")?;
    let mut seeds = Seeds {
        folder: folder.into(),
        written: 0,
    };
    scenarios::add(&mut seeds)?;
    demo::add(&mut seeds)?;
    made::add(&mut seeds)?;
    println!("{} inputs", seeds.written);
    Ok(())
}
