//! Who asks: users by the tokens they were given, and those who only pretend to be somebody.

use super::forged::{Forgery, forge};
use super::method::Method;
use crate::pass::Pass;

/// Who asks, and how that is told.
#[derive(Clone, Debug)]
pub struct Caller {
    pub who: Who,
    pub form: Form,
}

impl Caller {
    pub fn nobody() -> Self {
        Self { who: Who::Nobody, form: Form::Token }
    }

    pub fn user(name: &str) -> Self {
        Self { who: Who::User(name.into()), form: Form::Token }
    }
}

/// Whose token it is.
#[derive(Clone, Debug)]
pub enum Who {
    Nobody,
    /// By the last token that this user was given.
    User(String),
    /// By the token of the login with this number, counted backwards.
    Old(usize),
    /// By the token that the other program gave this user.
    Foreign(String),
    Garbage(String),
    Forged(String, Forgery),
}

/// In which field, and in which words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Token,
    /// What the Go client sends to a gateway.
    Authorization,
    Bearer,
    TokenWithBearer,
    /// The first of two tokens counts.
    TwoTokens,
    /// The token counts, not the authorization.
    Both,
    /// So does one that is empty.
    EmptyTokenAndAuthorization,
}

impl Form {
    pub const ALL: [Self; 7] = [
        Self::Token,
        Self::Authorization,
        Self::Bearer,
        Self::TokenWithBearer,
        Self::TwoTokens,
        Self::Both,
        Self::EmptyTokenAndAuthorization,
    ];

    fn pass(self, token: &str) -> Pass {
        let nobody = Pass::default();
        match self {
            Self::Token => Pass::token(token),
            Self::Authorization => nobody.with("authorization", token),
            Self::Bearer => nobody.with("authorization", &format!("Bearer {token}")),
            Self::TokenWithBearer => Pass::token(&format!("Bearer {token}")),
            Self::TwoTokens => Pass::token(token).with("token", "another.1"),
            Self::Both => Pass::token(token).with("authorization", "another.1"),
            Self::EmptyTokenAndAuthorization => Pass::token("").with("authorization", token),
        }
    }
}

/// A login that both have taken.
#[derive(Clone, Debug)]
pub struct Session {
    pub user: String,
    pub mine: String,
    pub theirs: String,
}

/// All logins so far.
#[derive(Debug, Default)]
pub struct Sessions(Vec<Session>);

impl Sessions {
    pub fn push(&mut self, session: Session) {
        self.0.push(session);
    }

    fn of(&self, user: &str) -> Option<&Session> {
        self.0.iter().rfind(|session| session.user == user)
    }

    /// What a caller sends to ours and to theirs.
    pub fn passes(&self, caller: &Caller, method: &Method) -> (Pass, Pass) {
        let both = |token: &str| (caller.form.pass(token), caller.form.pass(token));
        let of = |session: Option<&Session>| match session {
            Some(session) => (caller.form.pass(&session.mine), caller.form.pass(&session.theirs)),
            None => (Pass::default(), Pass::default()),
        };
        match &caller.who {
            Who::Nobody => (Pass::default(), Pass::default()),
            Who::User(name) => of(self.of(name)),
            Who::Old(age) => of(self.0.iter().rev().nth(*age)),
            Who::Garbage(text) => both(text),
            Who::Foreign(name) => {
                let (mine, theirs) = of(self.of(name));
                (theirs, mine)
            }
            Who::Forged(name, forgery) => match self.of(name) {
                Some(session) => both(&forge(*forgery, &session.theirs, method)),
                None => (Pass::default(), Pass::default()),
            },
        }
    }
}
