//! Who asks, and whether they may: before a request is answered from here or proposed, at the same point as in etcd.
//!
//! ```text
//!   Caller --token or name of a certificate--> Permit --needs(request)--> yes | refused
//!                                                |
//!                                                `--> header of a proposal: judged again when it is applied
//! ```
//!
//! What must hold: a token is looked at anew for every request, and for every request of a stream; what was read for somebody
//! goes out only if users and roles are as they were when it was found that they may; the member itself may do everything; and
//! while authentication is off, nobody is asked, at the cost of one atomic load.

use super::{Failure, Handle, Unavailable};
use crate::{
    apply::{Asked, needs},
    auth::{AuthRefusal, Identity, Needs},
    pb::etcdserverpb::RequestHeader,
    server::{auth::fingerprint, notices},
};
use std::{fmt, sync::Arc};

/// On whose behalf a handle asks. There is no default: whoever makes a handle says whom it is for.
#[derive(Clone, Debug)]
pub enum Caller {
    /// The member itself, which may do everything.
    Member,
    /// A client.
    Client(Client),
}

/// What is known of a client.
#[derive(Clone, Default)]
pub struct Client {
    /// The token that it brought, if any.
    pub token: Option<Arc<str>>,
    /// The common name of the certificate that it proved to have, where that stands for a user (`--client-cert-auth`).
    pub common_name: Option<Arc<str>>,
    /// How it came here.
    pub way: Way,
}

/// How a request came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// From the client itself.
    #[default]
    Direct,
    /// Through a gateway from JSON, which asks for many with a certificate of its own: that says nothing of the client
    /// (CVE-2018-16886).
    Gateway,
}

impl fmt::Debug for Client {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("common_name", &self.common_name).field("way", &self.way).finish_non_exhaustive()
    }
}

/// Who somebody was found to be.
#[derive(Clone, Debug)]
pub enum Permit {
    /// Authentication was off, or it is the member itself.
    All,
    /// A user, or nobody.
    Of(Identity),
}

impl Handle {
    /// The same handle, on behalf of somebody.
    pub fn by(&self, caller: Caller) -> Self {
        Self { caller, ..self.clone() }
    }

    /// May whoever asks do this? For what has no more to it than this.
    ///
    /// # Errors
    /// They may not, or nobody can tell who they are.
    pub async fn authorise(&self, asked: &Asked<'_>) -> Result<(), Failure> {
        self.permit(asked).await.map(drop)
    }

    /// The same; with the permit it can be seen behind a read whether it still holds.
    pub(super) async fn permit(&self, asked: &Asked<'_>) -> Result<Permit, Failure> {
        let permit = self.who().await?;
        if let Permit::Of(identity) = &permit {
            self.shared.auth.authorise(identity, &needs(asked, &self.shared.leases))?;
        }
        Ok(permit)
    }

    /// Has whoever asks this? For what is judged again when it is applied.
    pub(super) async fn require(&self, needs: &Needs) -> Result<(), Failure> {
        match self.who().await? {
            Permit::Of(identity) => Ok(self.shared.auth.authorise(&identity, needs)?),
            Permit::All => Ok(()),
        }
    }

    /// Is a permit as good as when it was given? What was read meanwhile may be of other users' and roles' making.
    pub(super) fn check_still(&self, permit: &Permit) -> Result<(), Failure> {
        match permit {
            Permit::Of(identity) if identity.revision != 0 && identity.revision != self.shared.auth.revision() => {
                Err(AuthRefusal::OldRevision.into())
            }
            Permit::Of(_) | Permit::All => Ok(()),
        }
    }

    /// The header of a proposal: by whom it is.
    pub(super) async fn proposal_header(&self, id: u64) -> Result<RequestHeader, Failure> {
        let by = match (&self.caller, self.who().await?) {
            (_, Permit::Of(identity)) => identity,
            (Caller::Member, Permit::All) => notices::own_identity(&self.shared.auth),
            (Caller::Client(_), Permit::All) => Identity::default(),
        };
        Ok(RequestHeader { id, username: by.user.to_string(), auth_revision: by.revision })
    }

    /// Who asks. Nobody in particular is somebody, too: it depends on what is asked.
    async fn who(&self) -> Result<Permit, Failure> {
        match &self.caller {
            Caller::Client(client) if self.shared.auth.is_enabled() => self.identify(client).await.map(Permit::Of),
            Caller::Client(_) | Caller::Member => Ok(Permit::All),
        }
    }

    async fn identify(&self, client: &Client) -> Result<Identity, Failure> {
        let shared = &self.shared;
        let revision = || shared.auth.revision();
        if let Some(token) = &client.token {
            let known = shared.doorkeeper.identify(shared.clock, token, revision, shared.request_timeout);
            let known = tokio::select! {
                biased;
                known = known => known,
                () = self.stopping() => return Err(Unavailable::Stopped.into()),
            };
            return known.ok_or_else(|| {
                tracing::warn!("token-fingerprint" = fingerprint(token), "invalid auth token");
                AuthRefusal::InvalidToken.into()
            });
        }
        let Some(name) = &client.common_name else { return Ok(Identity::default()) };
        let identity = Identity { user: name.clone(), revision: revision() };
        match client.way {
            Way::Direct => {
                tracing::debug!(
                    "common-name" = %name,
                    "user-name" = %name,
                    revision = identity.revision,
                    "found command name"
                );
                Ok(identity)
            }
            Way::Gateway => {
                tracing::warn!(
                    "common-name" = %name,
                    "user-name" = %name,
                    revision = identity.revision,
                    "ignoring common name in gRPC-gateway proxy request"
                );
                Ok(Identity::default())
            }
        }
    }
}
