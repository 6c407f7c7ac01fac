//! The decision: may they, as users and roles are now?

use super::{
    identity::Identity,
    needs::{KeyNeed, Needs},
    refusal::AuthRefusal,
    rights::Rights,
    state::{Known, State},
};
use bytes::Bytes;

/// A no, and what the log is to hear of it once nothing is locked any more.
#[derive(Debug)]
pub(super) struct Refused {
    why: AuthRefusal,
    note: Option<Note>,
}

/// What etcd writes about some refusals.
#[derive(Debug)]
enum Note {
    OldRevision { current: u64, key: Bytes },
    UnknownUser,
    RoleOfUnknownUser { role: String },
}

impl From<AuthRefusal> for Refused {
    fn from(why: AuthRefusal) -> Self {
        Self { why, note: None }
    }
}

impl Refused {
    fn noting(self, note: Note) -> Self {
        Self { note: Some(note), ..self }
    }

    /// Tells the log, and gives the reason.
    pub fn tell(self, by: &Identity) -> AuthRefusal {
        let Identity { user, revision } = by;
        match self.note {
            Some(Note::OldRevision { current, key }) => tracing::warn!(
                "current node auth revision" = current,
                "request auth revision" = revision,
                "request key" = %String::from_utf8_lossy(&key),
                error = %self.why,
                "request auth revision is less than current node auth revision"
            ),
            Some(Note::UnknownUser) => {
                tracing::error!("user-name" = %user, "cannot find a user for permission check");
            }
            Some(Note::RoleOfUnknownUser { role }) => tracing::warn!(
                "user-name" = %user,
                "role-name" = role,
                "'has-role' requested for non-existing user"
            ),
            None => {}
        }
        self.why
    }
}

/// May they? Yes to everything while authentication is off. The checks come in etcd's order.
pub(super) fn judge(state: &State, by: &Identity, needs: &Needs) -> Result<(), Refused> {
    if !state.enabled {
        return Ok(());
    }
    match needs {
        Needs::Nothing => Ok(()),
        Needs::User => Ok(somebody(by)?),
        Needs::Admin => Ok(admin(state, by)?),
        Needs::AdminOrUser(user) => match admin(state, by) {
            Err(why) if by.user.as_ref() != user => Err(why.into()),
            _ => Ok(()),
        },
        Needs::AdminOrRole(role) => admin(state, by).or_else(|why| has_role(state, by, role, why)),
        Needs::Keys(needs) => keys(state, by, needs),
        Needs::UserAndKeys(needs) => {
            somebody(by)?;
            keys(state, by, needs)
        }
    }
}

fn somebody(by: &Identity) -> Result<(), AuthRefusal> {
    if by.user.is_empty() { Err(AuthRefusal::UserEmpty) } else { Ok(()) }
}

/// As in etcd, the revision does not matter here.
fn admin(state: &State, by: &Identity) -> Result<(), AuthRefusal> {
    somebody(by)?;
    let known = state.users.get(by.user.as_bytes()).ok_or(AuthRefusal::UserNotFound)?;
    if known.is_root { Ok(()) } else { Err(AuthRefusal::PermissionDenied) }
}

/// Or not: `why` is why the user is not root, either.
fn has_role(state: &State, by: &Identity, role: &String, why: AuthRefusal) -> Result<(), Refused> {
    match state.users.get(by.user.as_bytes()) {
        None => Err(Refused::from(why).noting(Note::RoleOfUnknownUser { role: role.clone() })),
        Some(known) if known.user.roles.contains(role) => Ok(()),
        Some(_) => Err(why.into()),
    }
}

fn keys(state: &State, by: &Identity, needs: &[KeyNeed]) -> Result<(), Refused> {
    let mut asker = Asker { state, by, known: None };
    for need in needs {
        match need {
            KeyNeed::Range(access, range) => {
                let known = asker.known(range.start())?;
                allow(known, |rights| rights.allow(*access, range))?;
            }
            KeyNeed::Attached(..) if admin(state, by).is_ok() => {}
            KeyNeed::Attached(access, attached) => {
                for key in attached.keys() {
                    allow(asker.known(&key)?, |rights| rights.allow_key(*access, &key))?;
                }
            }
        }
    }
    Ok(())
}

fn allow(known: &Known, rights: impl FnOnce(&Rights) -> bool) -> Result<(), AuthRefusal> {
    if known.is_root || rights(&known.rights) { Ok(()) } else { Err(AuthRefusal::PermissionDenied) }
}

/// Who asks for keys: looked up at the first key that is asked for, since without any there is nothing to refuse.
struct Asker<'a> {
    state: &'a State,
    by: &'a Identity,
    known: Option<&'a Known>,
}

impl<'a> Asker<'a> {
    fn known(&mut self, key: &[u8]) -> Result<&'a Known, Refused> {
        match self.known {
            Some(known) => Ok(known),
            None => self.look_up(key).inspect(|known| self.known = Some(known)),
        }
    }

    fn look_up(&self, key: &[u8]) -> Result<&'a Known, Refused> {
        let (Identity { user, revision }, current) = (self.by, self.state.revision);
        if *revision == 0 {
            return Err(AuthRefusal::UserEmpty.into());
        }
        if *revision < current {
            let note = Note::OldRevision { current, key: Bytes::copy_from_slice(key) };
            return Err(Refused::from(AuthRefusal::OldRevision).noting(note));
        }
        let unknown = || Refused::from(AuthRefusal::PermissionDenied).noting(Note::UnknownUser);
        self.state.users.get(user.as_bytes()).ok_or_else(unknown)
    }
}
