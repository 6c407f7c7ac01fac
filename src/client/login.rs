//! Who the client is to the servers: the token that goes with each call, and when a refused one is replaced.
//!
//! ```text
//!   call with token 1 -- refused --+
//!   call with token 1 -- refused --+--> again(): one of them logs in, the others take what it got --> call with token 2
//! ```
//!
//! Servers forget tokens: they expire, restarts lose them, and each change of users and roles makes them old. So many callers
//! may come at once, and a login costs the server more than anything else it does. It knows no wire: who has one logs in.

use super::{
    config::Credentials,
    error::{ClientError, Code},
};
use crate::limits::CLIENT_LOGINS;
use parking_lot::Mutex;
use tonic::metadata::{Ascii, MetadataValue};

/// The token in use.
pub struct Login {
    credentials: Option<Credentials>,
    /// A lock because every clone of the client reads it and any of them may replace it; held for a copy only.
    held: Mutex<Held>,
    /// Awaited on purpose: who comes second wants what the first one gets.
    renewing: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Held {
    token: Option<MetadataValue<Ascii>>,
    /// How often it was replaced.
    generation: u64,
}

/// How often one call, or one watch, may still come back with another token.
#[derive(Clone, Copy, Debug)]
pub struct Tries {
    generation: u64,
    left: u32,
}

impl Login {
    /// Without a token, until one is kept.
    pub fn new(credentials: Option<Credentials>) -> Self {
        Self { credentials, held: Mutex::default(), renewing: tokio::sync::Mutex::new(()) }
    }

    /// The token in use.
    pub fn token(&self) -> Option<MetadataValue<Ascii>> {
        self.held.lock().token.clone()
    }

    /// Takes a token into use. The empty one stands for none: such a cluster wants none.
    pub fn keep(&self, token: &str) -> Result<(), ClientError> {
        let token = match token {
            "" => None,
            token => Some(token.parse().map_err(|_| {
                ClientError::local(Code::InvalidArgument, "the auth token holds characters that no header can")
            })?),
        };
        let mut held = self.held.lock();
        *held = Held { token, generation: held.generation + 1 };
        Ok(())
    }

    /// For a call that begins now.
    pub fn tries(&self) -> Tries {
        Tries { generation: self.held.lock().generation, left: CLIENT_LOGINS }
    }

    /// After this error, is it worth while to call again? If the token is at fault, replaces it with what `log_in` gets, unless
    /// another caller has done so meanwhile.
    ///
    /// The rules are those of etcd's client: a token that somebody else obtained cannot be replaced; who is known by a
    /// certificate has none, and merely comes again when users and roles changed under the call.
    ///
    /// # Errors
    /// Those of the login.
    pub async fn again(
        &self,
        error: &ClientError,
        tries: &mut Tries,
        log_in: impl Future<Output = Result<String, ClientError>>,
    ) -> Result<bool, ClientError> {
        if !error.refuses_token() || tries.left == 0 {
            return Ok(false);
        }
        match &self.credentials {
            Some(Credentials::Token(_)) => return Ok(false),
            None if error.is("etcdserver: user name is empty") => return Ok(false),
            None => {}
            Some(Credentials::Password { .. }) => {
                let _renewing = self.renewing.lock().await;
                if self.held.lock().generation == tries.generation {
                    self.keep(&log_in.await?)?;
                }
            }
        }
        *tries = Tries { generation: self.held.lock().generation, left: tries.left - 1 };
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn password() -> Option<Credentials> {
        Some(Credentials::Password { name: "u".into(), password: "p".into() })
    }

    fn refused() -> ClientError {
        ClientError::status(Code::Unauthenticated, "etcdserver: invalid auth token")
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn a_refused_token_is_replaced_once_for_all() {
        let (login, logins) = (Login::new(password()), Cell::new(0));
        login.keep("first").unwrap();
        let (mut one, mut other) = (login.tries(), login.tries());
        for tries in [&mut one, &mut other] {
            let log_in = async {
                logins.set(logins.get() + 1);
                Ok("second".to_owned())
            };
            assert!(run(login.again(&refused(), tries, log_in)).unwrap());
        }
        assert_eq!((logins.get(), login.token().unwrap().to_str().unwrap()), (1, "second"));
    }

    #[test]
    fn a_call_does_not_come_back_for_ever() {
        let login = Login::new(password());
        let mut tries = login.tries();
        let log_in = || async { Ok("token".to_owned()) };
        for _ in 0..CLIENT_LOGINS {
            assert!(run(login.again(&refused(), &mut tries, log_in())).unwrap());
        }
        assert!(!run(login.again(&refused(), &mut tries, log_in())).unwrap());
    }

    #[test]
    fn who_comes_back_and_who_does_not() {
        let empty = ClientError::status(Code::InvalidArgument, "etcdserver: user name is empty");
        let old = ClientError::status(Code::InvalidArgument, "etcdserver: revision of auth store is old");
        let denied = ClientError::status(Code::PermissionDenied, "etcdserver: permission denied");
        let token = || Some(Credentials::Token("t".into()));
        for (credentials, error, again) in [
            (password(), &empty, true),
            (password(), &old, true),
            (password(), &denied, false),
            (token(), &old, false),
            (None, &empty, false),
            (None, &old, true),
        ] {
            let login = Login::new(credentials);
            let mut tries = login.tries();
            assert_eq!(run(login.again(error, &mut tries, async { Ok("t".to_owned()) })), Ok(again), "{error}");
        }
    }

    #[test]
    fn the_empty_token_is_none() {
        let login = Login::new(None);
        login.keep("").unwrap();
        assert!(login.token().is_none());
        assert!(login.keep("a\nb").is_err());
    }
}
