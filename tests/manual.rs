//! The manual pages and completions that are checked in are those that the definitions give. `UPDATE=1` writes them.

use std::{fs, path::Path};

#[test]
fn pages_and_completions_are_fresh() {
    let files = etcd::cmd::manual::files();
    assert!(files.len() == 8, "two pages, and completions of two tools for three shells");
    for (path, content) in files {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(&path);
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &content).unwrap();
        }
        let stored = fs::read(&file).unwrap_or_default();
        assert!(stored == content, "{path} is stale: run this test with UPDATE=1");
    }
}
