//! What has to do with passwords: the log never sees one. They are compared here, before a token is asked for, and hashed
//! here, before a user is made or changed.

use super::{Failure, Handle, Unavailable};
use crate::{
    auth::{AuthRefusal, Needs},
    pb::etcdserverpb as pb,
    server::auth::{Busy, NoToken, TooLong, check_length, fingerprint},
};
use base64::{Engine, prelude::BASE64_STANDARD};

impl From<Busy> for Failure {
    fn from(_: Busy) -> Self {
        Unavailable::TooManyRequests.into()
    }
}

impl From<TooLong> for Failure {
    fn from(_: TooLong) -> Self {
        Unavailable::PasswordTooLong.into()
    }
}

impl From<NoToken> for Failure {
    fn from(reason: NoToken) -> Self {
        match reason {
            NoToken::VerifyOnly => AuthRefusal::VerifyOnly.into(),
            NoToken::NoTokens => AuthRefusal::Failed.into(),
        }
    }
}

impl Handle {
    /// Gives a token for a password. If users or roles change while the password is compared, it is compared again: it may
    /// be another by then.
    pub async fn authenticate(&self, request: pb::AuthenticateRequest) -> Result<pb::AuthenticateResponse, Failure> {
        self.linearize().await?;
        let pb::AuthenticateRequest { name, password } = request;
        let doorkeeper = &self.shared.doorkeeper;
        loop {
            let revision = self.check_password(&name, &password).await?;
            doorkeeper.check_issuing()?;
            let entry = pb::InternalAuthenticateRequest {
                name: name.clone(),
                password: String::new(),
                simple_token: doorkeeper.letters()?,
            };
            let response: pb::AuthenticateResponse = self.propose(entry).await?;
            if revision != self.shared.auth.revision() {
                tracing::info!("revision when password checked became stale; retrying");
                continue;
            }
            let token = doorkeeper.token(self.shared.clock, &name, revision, response.token)?;
            tracing::debug!("user-name" = name, "token-fingerprint" = fingerprint(&token), "authenticated a user");
            return Ok(pb::AuthenticateResponse { token, ..response });
        }
    }

    /// Is it the user's password? The revision of users and roles as of which that is so. It takes the same time for a user
    /// whom there is not.
    async fn check_password(&self, name: &str, password: &str) -> Result<u64, Failure> {
        let auth = &self.shared.auth;
        if !auth.is_enabled() {
            return Err(AuthRefusal::NotEnabled.into());
        }
        let known = auth.password_of(name);
        let hash = known.as_ref().filter(|known| !known.is_none).map(|known| known.hash.to_vec());
        let is_right = self.shared.doorkeeper.passwords().compare(password, hash).await?;
        let refusal = match known {
            Some(known) if known.is_none => AuthRefusal::NoPasswordUser,
            Some(known) if is_right => return Ok(known.revision),
            Some(_) => {
                tracing::info!("user-name" = name, "invalid password");
                AuthRefusal::Failed
            }
            None => AuthRefusal::Failed,
        };
        tracing::warn!(user = name, error = %refusal, "invalid authentication was requested");
        Err(refusal.into())
    }

    /// Makes a user.
    pub async fn user_add(&self, mut request: pb::AuthUserAddRequest) -> Result<pb::AuthUserAddResponse, Failure> {
        if !request.options.is_some_and(|options| options.no_password) {
            let password = std::mem::take(&mut request.password);
            request.hashed_password = self.hash(&password).await?;
        }
        self.propose(request).await
    }

    /// Gives a user another password; an empty one is none that fits.
    pub async fn user_change_password(
        &self,
        mut request: pb::AuthUserChangePasswordRequest,
    ) -> Result<pb::AuthUserChangePasswordResponse, Failure> {
        if !request.password.is_empty() {
            let password = std::mem::take(&mut request.password);
            request.hashed_password = self.hash(&password).await?;
        }
        self.propose(request).await
    }

    /// The hash of a password, as an entry of the log has it.
    async fn hash(&self, password: &str) -> Result<String, Failure> {
        // Go's bcrypt refuses it before anybody asks who it is from.
        check_length(password)?;
        // Hashing takes long: who will be refused anyway need not have it done. A member that is behind looks twice.
        if self.require(&Needs::Admin).await.is_err() {
            self.linearize().await?;
            self.require(&Needs::Admin).await?;
        }
        Ok(BASE64_STANDARD.encode(self.shared.doorkeeper.passwords().hash(password).await?))
    }
}
