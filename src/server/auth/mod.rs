//! How a member finds out who asks: tokens that it knows or can check, and passwords. Local, beside the replicated users and
//! roles of [`crate::auth`]: it reads clocks, draws random letters and takes processor time, none of which apply may do.
//!
//! ```text
//!   tokens     simple tokens, in memory         reached    waiting for the entry that issued one
//!   jwt/       signed tokens, kept by nobody    password   bcrypt, out of everybody's way
//! ```
//!
//! What must hold: no token and no password is ever in a log line or an error; a token is told by its [`fingerprint`].

mod password;
mod reached;
mod tokens;

pub mod jwt;

pub use password::{Busy, TooLong, check_length};
pub use tokens::SimpleTokens;

use crate::{
    apply::TokenChange,
    auth::Identity,
    clock::{Clock, Now},
};
use aws_lc_rs::digest::{SHA256, digest};
use jwt::Jwt;
use password::Passwords;
use reached::Reached;
use std::{fmt::Write, sync::Arc, time::Duration};

/// How long a simple token lives when nothing is said, or nothing above zero.
const TOKEN_TTL: Duration = Duration::from_secs(300);

/// How users are known, as configured.
#[derive(Clone, Debug)]
pub struct Users {
    /// The tokens that they get for their passwords.
    pub tokens: Tokens,
    /// The cost of hashing a password, as given.
    pub bcrypt_cost: u64,
}

impl Default for Users {
    fn default() -> Self {
        Self { tokens: Tokens::Simple { ttl: TOKEN_TTL }, bcrypt_cost: 10 }
    }
}

/// A kind of token (`--auth-token`).
#[derive(Clone, Debug)]
pub enum Tokens {
    /// Words that members keep in memory.
    Simple {
        /// How long one lives after its last use; zero is the default.
        ttl: Duration,
    },
    /// Signed, and kept by nobody.
    Jwt(Arc<Jwt>),
    /// No token is any good: users are known by their certificates alone.
    None,
}

/// Why nobody gets a token for a password that was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoToken {
    /// This member can only check signatures.
    VerifyOnly,
    /// This member has no tokens to give.
    NoTokens,
}

/// See the module.
#[derive(Debug)]
pub struct Doorkeeper {
    kind: Kind,
    passwords: Passwords,
    reached: Reached,
}

#[derive(Debug)]
enum Kind {
    Simple(SimpleTokens),
    Jwt(Arc<Jwt>),
    None,
}

impl Doorkeeper {
    /// Nobody is known yet. All up to that index is applied.
    pub fn new(users: &Users, applied: u64) -> Self {
        let kind = match &users.tokens {
            Tokens::Simple { ttl } => {
                let ttl = if ttl.is_zero() { TOKEN_TTL } else { *ttl };
                Kind::Simple(SimpleTokens::new(ttl))
            }
            Tokens::Jwt(jwt) => Kind::Jwt(jwt.clone()),
            Tokens::None => Kind::None,
        };
        let reached = Reached::default();
        reached.reach(applied);
        Self { kind, passwords: Passwords::new(users.bcrypt_cost), reached }
    }

    /// What entries up to this index have made of the tokens.
    pub fn follow(&self, now: Now, changes: Vec<TokenChange>, applied: u64) {
        if let Kind::Simple(tokens) = &self.kind {
            for change in changes {
                match change {
                    TokenChange::Issued { user, token } => tokens.issue(now, &user, &token),
                    TokenChange::RevokedOf { user } => tokens.revoke_of(&user),
                    TokenChange::RevokedAll => tokens.revoke_all(),
                }
            }
        }
        self.reached.reach(applied);
    }

    /// Whom a token stands for. A simple token of an entry that is still to come is waited for, so long at most.
    ///
    /// `revision` tells that of users and roles; it is asked before a simple token is looked up, so that a change after it
    /// is noticed.
    pub async fn identify(
        &self,
        clock: Clock,
        token: &str,
        revision: impl Fn() -> u64,
        patience: Duration,
    ) -> Option<Identity> {
        match &self.kind {
            Kind::None => None,
            Kind::Jwt(jwt) => {
                let identity = jwt.read(token, unix(clock));
                identity.inspect_err(|error| tracing::warn!(%error, "failed to parse a JWT token")).ok()
            }
            Kind::Simple(tokens) => {
                let known = || {
                    let revision = revision();
                    tokens.user_of(clock.now(), token).map(|user| Identity { user, revision })
                };
                if let Some(identity) = known() {
                    return Some(identity);
                }
                let index = tokens::issued_by(token)?;
                match tokio::time::timeout(patience, self.reached.wait(index)).await {
                    Ok(true) => known(),
                    _ => None,
                }
            }
        }
    }

    /// The letters that the next token begins with; empty where tokens have none.
    pub fn letters(&self) -> Result<String, Busy> {
        match self.kind {
            Kind::Simple(_) => tokens::draw_letters().map_err(|_| Busy),
            Kind::Jwt(_) | Kind::None => Ok(String::new()),
        }
    }

    /// Can it give anybody a token?
    pub fn check_issuing(&self) -> Result<(), NoToken> {
        match &self.kind {
            Kind::Jwt(jwt) if jwt.is_verify_only() => Err(NoToken::VerifyOnly),
            Kind::None => Err(NoToken::NoTokens),
            Kind::Simple(_) | Kind::Jwt(_) => Ok(()),
        }
    }

    /// The token of a user whose password was right as of that revision. `applied` is what the entry has issued.
    pub fn token(&self, clock: Clock, user: &str, revision: u64, applied: String) -> Result<String, NoToken> {
        match &self.kind {
            Kind::Simple(_) => Ok(applied),
            Kind::Jwt(jwt) => jwt.issue(user, revision, unix(clock)).ok_or(NoToken::VerifyOnly),
            Kind::None => Err(NoToken::NoTokens),
        }
    }

    /// Hashes and compares passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }
}

fn unix(clock: Clock) -> Duration {
    Duration::from_millis(clock.unix_ms())
}

/// What a log line may say of a token: the same for the same token, and of no use to anybody who reads it.
pub fn fingerprint(token: &str) -> String {
    let mut text = String::new();
    for byte in &digest(&SHA256, token.as_bytes()).as_ref()[..6] {
        // Cannot fail: it is memory.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
