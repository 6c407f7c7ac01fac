//! The flags about TLS, about who may ask what, and about users.

use super::{
    definition::{Flag, flag},
    kind::Kind::{Bool, List, Origins, Text, TextSet, Uint},
};

/// Where TLS settings for clients stand in a config file, and those for members.
macro_rules! client {
    ($key:literal) => {
        &["client-transport-security", $key]
    };
}
macro_rules! peer {
    ($key:literal) => {
        &["peer-transport-security", $key]
    };
}

pub(super) const SECURITY: &[Flag] = &[
    flag("cert-file", Text, "", "Certificate that clients are shown.").below(client!("cert-file")),
    flag("key-file", Text, "", "Key of that certificate.").below(client!("key-file")),
    flag("client-cert-auth", Bool, "false", "Ask clients for a certificate.").below(client!("client-cert-auth")),
    flag("client-cert-file", Text, "", "Certificate to present to servers, when it is not that of --cert-file.")
        .below(client!("client-cert-file")),
    flag("client-key-file", Text, "", "Key of that certificate.").below(client!("client-key-file")),
    flag("client-crl-file", Text, "", "List of revoked certificates of clients.").not_in_file(),
    flag("client-cert-allowed-hostname", List, "", "Host names that a client's certificate may carry.")
        .below(client!("allowed-hostname")),
    flag("trusted-ca-file", Text, "", "Authorities that clients' certificates must come from.")
        .below(client!("trusted-ca-file")),
    flag("auto-tls", Bool, "false", "Make a certificate and show it to clients.").below(client!("auto-tls")),
    flag("peer-cert-file", Text, "", "Certificate that members are shown.").below(peer!("cert-file")),
    flag("peer-key-file", Text, "", "Key of that certificate.").below(peer!("key-file")),
    flag("peer-client-cert-auth", Bool, "false", "Ask members for a certificate.").below(peer!("client-cert-auth")),
    flag(
        "peer-client-cert-file",
        Text,
        "",
        "Certificate to present to members, when it is not that of --peer-cert-file.",
    )
    .below(peer!("client-cert-file")),
    flag("peer-client-key-file", Text, "", "Key of that certificate.").below(peer!("client-key-file")),
    flag("peer-trusted-ca-file", Text, "", "Authorities that members' certificates must come from.")
        .below(peer!("trusted-ca-file")),
    flag("peer-cert-allowed-cn", List, "", "Common names that a member's certificate may carry.")
        .below(peer!("allowed-cn")),
    flag("peer-cert-allowed-hostname", List, "", "Host names that a member's certificate may carry.")
        .below(peer!("allowed-hostname")),
    flag("peer-auto-tls", Bool, "false", "Make a certificate and show it to members.").below(peer!("auto-tls")),
    flag("self-signed-cert-validity", Uint, "1", "Years for which a certificate that is made here is valid."),
    flag("peer-crl-file", Text, "", "List of revoked certificates of members.").not_in_file(),
    flag("cipher-suites", List, "", "TLS cipher suites that may be used (empty is a good choice)."),
    flag("cors", Origins, "*", "Origins from which web pages may ask (empty or * is all)."),
    flag("host-whitelist", TextSet, "*", "Host names that HTTP requests without TLS may name (empty or * is all)."),
    flag("tls-min-version", Text, "TLS1.2", "Lowest version of TLS: TLS1.2 or TLS1.3."),
    flag("tls-max-version", Text, "", "Highest version of TLS: TLS1.2 or TLS1.3 (empty is the highest there is)."),
];

/// What a config file alone can say.
pub(super) const IN_FILE: &[Flag] = &[
    flag("client-cert-allowed-cn", List, "", "Common names that a client's certificate may carry.")
        .below(client!("allowed-cn")),
    flag(
        "client-skip-client-san-verification",
        Bool,
        "false",
        "Do not compare a client's address with its certificate.",
    )
    .below(client!("skip-client-san-verification")),
];

pub(super) const AUTH: &[Flag] = &[
    flag("auth-token", Text, "simple", "Kind of the tokens that users get, and its options: 'simple' or 'jwt,...'."),
    flag("bcrypt-cost", Uint, "10", "Cost of hashing a password, from 4 to 31."),
    flag("auth-token-ttl", Uint, "300", "Seconds for which a simple token lives."),
];
