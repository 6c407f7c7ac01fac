//! argv in, exit code out; everything else is in the library.

/// A request is many small allocations, which one thread makes and another frees. With glibc's malloc they were a seventh
/// of the cost of a put, and what a burst had taken stayed with the process.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    etcd::cmd::run(std::env::args_os())
}
