//! What goes along with a request to say who asks: header fields, or nothing.

use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::Channel,
};

/// A connection with who asks over it.
pub type Wire = InterceptedService<Channel, Pass>;

/// The fields, in their order; one name may come more than once.
#[derive(Clone, Debug, Default)]
pub struct Pass(Vec<(&'static str, MetadataValue<Ascii>)>);

impl Pass {
    /// A field more, if it can be sent at all.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.0.extend(value.parse().map(|value| (name, value)));
        self
    }

    /// As clients do it.
    pub fn token(token: &str) -> Self {
        Self::default().with("token", token)
    }
}

impl Interceptor for Pass {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        for (name, value) in &self.0 {
            request.metadata_mut().append(*name, value.clone());
        }
        Ok(request)
    }
}
