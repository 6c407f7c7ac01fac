//! Turns `proto/` into Rust: messages with prost, clients and servers with tonic. No protoc is needed.

use std::{env, error::Error, process::Command};

/// The roots; what they import comes along.
const FILES: [&str; 14] = [
    "etcdserverpb/auth.proto",
    "etcdserverpb/cluster.proto",
    "etcdserverpb/kv.proto",
    "etcdserverpb/lease.proto",
    "etcdserverpb/maintenance.proto",
    "etcdserverpb/metadata.proto",
    "etcdserverpb/raft_internal.proto",
    "etcdserverpb/watch.proto",
    "health.proto",
    "leasepb.proto",
    "snappb.proto",
    "v3electionpb.proto",
    "v3lockpb.proto",
    "walpb.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=proto");
    // For `etcd --version`, which tells the compiler as etcd tells Go's version.
    let rustc = Command::new(env::var("RUSTC")?).arg("--version").output()?;
    let version: Vec<String> = String::from_utf8(rustc.stdout)?.split_whitespace().take(2).map(str::to_owned).collect();
    println!("cargo:rustc-env=ETCD_RUSTC_VERSION={}", version.join(" "));
    let mut files = protox::compile(FILES, ["proto"])?;
    // Without this, peerURLs would become peer_ur_ls. Names are not on the wire.
    for field in files.file.iter_mut().flat_map(|file| &mut file.message_type).flat_map(|message| &mut message.field) {
        if let Some(stem) = field.name().strip_suffix("URLs") {
            field.name = Some(format!("{stem}_urls"));
        }
    }
    tonic_prost_build::configure().bytes(".").extern_path(".raftpb", "::raft_proto::eraftpb").compile_fds(files)?;
    Ok(())
}
