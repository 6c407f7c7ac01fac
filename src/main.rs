//! argv in, exit code out; everything else is in the library.

fn main() -> std::process::ExitCode {
    etcd::cmd::run(std::env::args_os())
}
