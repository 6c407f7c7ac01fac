//! The threads that serve connections. A connection stays on one of them, with all of its requests.
//!
//! A runtime that moves tasks between threads wakes other threads whenever there may be something for them to take: with one
//! client, a put woke nine, and each cost more than the put's own work. A thread of its own that only looks after its
//! connections is woken when there is something to do, and never to look. What takes long for one request must therefore go
//! elsewhere (`spawn_blocking`): it would hold up its neighbours.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};
use tokio::{
    runtime::{Builder, Handle},
    sync::watch,
};

/// See the module. The threads end when this is dropped; what still runs on them is dropped with them.
#[derive(Debug)]
pub struct Threads {
    runtimes: Vec<Handle>,
    next: AtomicUsize,
    /// Tells them to end, by going away.
    _stop: watch::Sender<()>,
}

impl Threads {
    /// Starts one a processor.
    ///
    /// # Errors
    /// The system has no thread, or no file descriptor, for it.
    pub fn start() -> io::Result<Self> {
        let count = thread::available_parallelism().map_or(1, usize::from);
        let (stop, stopped) = watch::channel(());
        let mut runtimes = Vec::with_capacity(count);
        for number in 0..count {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtimes.push(runtime.handle().clone());
            let mut stopped = stopped.clone();
            thread::Builder::new().name(format!("clients-{number}")).spawn(move || {
                // Fails when the sender has gone, which is what is waited for.
                let _ = runtime.block_on(stopped.changed());
                runtime.shutdown_background();
            })?;
        }
        Ok(Self { runtimes, next: AtomicUsize::new(0), _stop: stop })
    }

    /// The thread for the next connection: they take turns.
    pub fn next(&self) -> &Handle {
        &self.runtimes[self.next.fetch_add(1, Ordering::Relaxed) % self.runtimes.len()]
    }
}
