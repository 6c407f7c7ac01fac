//! The path of a request, as Go's request router reads it.

/// The one right way to write a path: slashes stand alone, `.` and `..` are followed. A slash at the end stays. Whoever
/// writes it otherwise is sent there.
pub fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let mut clean = format!("/{}", parts.join("/"));
    if path.ends_with('/') && clean != "/" {
        clean.push('/');
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_to_write_a_path() {
        for (path, wanted) in [
            ("/health", "/health"),
            ("//health", "/health"),
            ("/health//", "/health/"),
            ("/x/../health", "/health"),
            ("/../../health/.", "/health"),
            ("/a/./b//%20", "/a/b/%20"),
            ("//evil.example/..//", "/"),
            ("/", "/"),
            ("", "/"),
            ("a", "/a"),
        ] {
            assert_eq!(clean(path), wanted, "{path}");
        }
    }
}
