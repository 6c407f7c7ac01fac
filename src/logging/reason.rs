//! What the system says of a failure, as Go prints it: `no such file or directory`.

use std::io;

/// The text that Go's `syscall.Errno` has: the system's, in lower case and without its number.
pub fn go_reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::io::Errno;

    #[test]
    fn texts_are_those_of_go() {
        for (errno, text) in [(Errno::NOENT, "no such file or directory"), (Errno::ACCESS, "permission denied")] {
            assert_eq!(go_reason(&errno.into()), text);
        }
        assert_eq!(go_reason(&io::Error::other("The power is off")), "the power is off");
    }
}
