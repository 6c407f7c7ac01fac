//! What the program says about itself.

/// The version of etcd that this one equals.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Its API version: the first two numbers.
pub const API_VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

/// The four lines of `etcd --version`, in etcd's form.
pub fn lines() -> String {
    let sha = option_env!("ETCD_GIT_SHA").unwrap_or("Not provided (set ETCD_GIT_SHA when building)");
    format!(
        "etcd Version: {VERSION}\nGit SHA: {sha}\nRust Version: {}\nRust OS/Arch: {}/{}\n",
        env!("ETCD_RUSTC_VERSION"),
        go_os(std::env::consts::OS),
        go_arch(std::env::consts::ARCH)
    )
}

/// The two lines of `etcdctl version` and `etcdutl version`.
pub fn tool_lines(tool: &str) -> String {
    format!("{tool} version: {VERSION}\nAPI version: {API_VERSION}\n")
}

/// Go's name of the operating system.
pub fn go_os(os: &str) -> &str {
    match os {
        "macos" => "darwin",
        other => other,
    }
}

/// Go's name of the architecture.
pub fn go_arch(arch: &str) -> &str {
    match arch {
        "x86_64" => "amd64",
        "x86" => "386",
        "aarch64" => "arm64",
        "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
        "powerpc64" => "ppc64",
        "loongarch64" => "loong64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_lines_in_etcds_form() {
        let text = lines();
        let heads: Vec<&str> = text.lines().map(|line| line.split(": ").next().unwrap()).collect();
        assert_eq!(heads, ["etcd Version", "Git SHA", "Rust Version", "Rust OS/Arch"]);
        assert!(text.starts_with("etcd Version: 3.7.1\n") && text.contains("Rust Version: rustc 1."));
        assert_eq!((go_os("macos"), go_arch("aarch64")), ("darwin", "arm64"));
    }
}
