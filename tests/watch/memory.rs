//! How much memory the current thread holds, as the usual allocator of Linux rounds it.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
}

/// Bytes allocated and not freed by this thread so far. Negative when it freed what another one allocated.
pub fn held() -> isize {
    HELD.with(Cell::get)
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: isize) {
    // While a thread ends its cell may be gone; nobody asks any more.
    let _ = HELD.try_with(|held| held.set(held.get() + bytes));
}

/// A chunk has a head of eight bytes, is a multiple of sixteen, and at least 32.
fn rounded(layout: Layout) -> isize {
    ((layout.size() + 8).next_multiple_of(16).max(32)) as isize
}

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(rounded(layout));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-rounded(layout));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}
