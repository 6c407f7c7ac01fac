//! What is worth saying about the settings before a member starts. Collected first: how it is logged is a setting too.

/// Something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A variable set its flag.
    UsedVariable {
        /// The variable.
        name: String,
        /// What it holds.
        value: String,
    },
    /// A variable looks like ours and is not: `NAME=value`.
    UnknownVariable(String),
    /// `ETCD_VERSION` is no setting.
    SpecialVariable {
        /// What it holds.
        value: String,
    },
    /// A config file was read; flags and variables do not count.
    FileLoaded {
        /// Its path.
        path: String,
    },
    /// A config file has a key that nobody knows.
    UnknownKey(String),
    /// A name from before v3 was given.
    Ignored(&'static str),
    /// A name of an older version was given; what becomes of it.
    OldName {
        /// The name.
        flag: &'static str,
        /// What to do.
        message: String,
    },
    /// etcd itself takes the flag without effect; its words.
    Deprecated(&'static str),
    /// The flag was given and does nothing yet.
    NoEffect(&'static str),
    /// The feature gate is on and switches nothing yet.
    GateWithoutEffect(&'static str),
    /// gRPC and HTTP share a port.
    SinglePort,
    /// Lease checkpoints are on and not persisted.
    CheckpointsNotPersisted,
    /// The name is the default one.
    DefaultName,
    /// The data directory follows from the name.
    DefaultDataDir(String),
    /// The host that others reach this machine by was found.
    DefaultHost(String),
    /// A timeout was raised to the least that is taken.
    Raised {
        /// The flag.
        flag: &'static str,
        /// The least, as Go prints it.
        least: &'static str,
    },
}

impl Notice {
    /// Writes it to the log, in etcd's words where etcd has some.
    pub fn log(&self) {
        match self {
            Self::UsedVariable { name, value } => tracing::info!(
                "variable-name" = name,
                "variable-value" = value,
                "recognized and used environment variable"
            ),
            Self::DefaultHost(host) => tracing::info!(host, "detected default host for advertise"),
            Self::FileLoaded { path } => tracing::info!(path, "{}", self.message()),
            Self::Raised { .. } => tracing::info!("{}", self.message()),
            Self::UnknownVariable(variable) => {
                tracing::warn!("environment-variable" = variable, "{}", self.message());
            }
            Self::SpecialVariable { value } => tracing::warn!(key = "ETCD_VERSION", value, "{}", self.message()),
            Self::UnknownKey(key) => tracing::warn!(key, "{}", self.message()),
            Self::Ignored(flag) | Self::NoEffect(flag) => tracing::warn!(flag, "{}", self.message()),
            Self::GateWithoutEffect(gate) => tracing::warn!(gate, "{}", self.message()),
            Self::OldName { flag, .. } => tracing::warn!(flag, "{}", self.message()),
            Self::DefaultName => tracing::warn!(name = "default", "{}", self.message()),
            Self::DefaultDataDir(dir) => tracing::warn!("data-dir" = dir, "{}", self.message()),
            Self::Deprecated(_) | Self::SinglePort | Self::CheckpointsNotPersisted => {
                tracing::warn!("{}", self.message());
            }
        }
    }

    /// The message, without its fields.
    pub fn message(&self) -> String {
        let fixed = match self {
            Self::OldName { message, .. } => return message.clone(),
            Self::Raised { flag, least } => return format!("{flag} increased to minimum value: {least}"),
            Self::Deprecated(warning) => warning,
            Self::UsedVariable { .. } => "recognized and used environment variable",
            Self::UnknownVariable(_) => "unrecognized environment variable",
            Self::SpecialVariable { .. } => "cannot set special environment variable",
            Self::FileLoaded { .. } => {
                "loaded server configuration, other configuration command line flags and environment variables will be \
                 ignored if provided"
            }
            Self::UnknownKey(_) => "the configuration file has a key that is no setting",
            Self::Ignored(_) => "flag is no longer supported and has no effect",
            Self::NoEffect(_) => "flag is accepted, but has no effect in this version yet",
            Self::GateWithoutEffect(_) => "feature gate is accepted, but has no effect in this version yet",
            Self::SinglePort => "Running http and grpc server on single port. This is not recommended for production.",
            Self::CheckpointsNotPersisted => {
                "Detected that checkpointing is enabled without persistence. Consider enabling feature gate \
                 LeaseCheckpointPersist"
            }
            Self::DefaultName => {
                "it isn't recommended to use default name, please set a value for --name. Note that etcd might run into \
                 issue when multiple members have the same default name"
            }
            Self::DefaultDataDir(_) => "'data-dir' was empty; using default",
            Self::DefaultHost(_) => "detected default host for advertise",
        };
        fixed.to_owned()
    }
}
