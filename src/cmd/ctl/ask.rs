//! Passwords, as the user types them.
//!
//! The prompt goes to standard output, the answer comes from standard input, terminal or not: scripts feed it through a pipe.
//! On a terminal nothing of the answer shows; line editing and interrupts stay the terminal's.

use crate::cmd::{
    failure::{Failure, bad_arguments, code},
    terminal::print,
};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{self, BufRead, Stdin, stdin};

/// The password of the user that the tool logs in as.
pub fn ask_password() -> Result<String, Failure> {
    ask("Password: ")?.map_err(|error| Failure::new(code::ERROR, error))
}

/// A password that is to be set, typed twice so that no slip goes unseen.
pub fn ask_password_twice(user: &str) -> Result<String, Failure> {
    let failed = |error| bad_arguments(format!("failed to ask password: {error}"));
    let password = ask(&format!("Password of {user}: "))?.map_err(failed)?;
    if password.is_empty() {
        return Err(bad_arguments("empty password"));
    }
    let again = ask(&format!("Type password of {user} again for confirmation: "))?.map_err(failed)?;
    if password != again {
        return Err(bad_arguments("given passwords are different"));
    }
    Ok(password)
}

/// The first word on the first line of standard input; empty when there is none.
pub fn typed_word() -> Result<String, Failure> {
    let line =
        text(read_line(&mut stdin().lock())).map_err(|error| bad_arguments(format!("read password: {error}")))?;
    Ok(line.split_whitespace().next().unwrap_or_default().to_owned())
}

/// The answer to a prompt, without the white space around it. The outer result is the prompt's.
fn ask(prompt: &str) -> Result<io::Result<String>, Failure> {
    let answer = {
        // First, so that not even who types ahead of the prompt is seen.
        let _hidden = Hidden::begin(stdin());
        print(prompt.as_bytes())?;
        text(read_line(&mut stdin().lock()))
    };
    // What the user ended the line with was not shown either.
    print(b"\n")?;
    Ok(answer.map(|answer| answer.trim().to_owned()))
}

fn read_line(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line)?;
    Ok(line)
}

fn text(line: io::Result<Vec<u8>>) -> io::Result<String> {
    String::from_utf8(line?).map_err(|_| io::Error::other("it is not UTF-8"))
}

/// A terminal that does not show what is typed, until this is dropped. A shell puts a terminal right itself when an
/// interrupt ends what ran on it.
struct Hidden {
    /// The terminal's modes before; none when it is no terminal.
    before: Option<(Stdin, Termios)>,
}

impl Hidden {
    fn begin(terminal: Stdin) -> Self {
        let Ok(before) = tcgetattr(&terminal) else { return Self { before: None } };
        let mut modes = before.clone();
        modes.local_modes.remove(LocalModes::ECHO);
        // A terminal that cannot be told shows what is typed; the user sees that.
        let _ = tcsetattr(&terminal, OptionalActions::Now, &modes);
        Self { before: Some((terminal, before)) }
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some((terminal, modes)) = &self.before {
            let _ = tcsetattr(terminal, OptionalActions::Now, modes);
        }
    }
}
