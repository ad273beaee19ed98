//! Floor 3: services outside, asked over HTTP. Knows nothing of who asks, of telephony or of what is
//! stored.

/// Makes the one crypto library that is built in the one that TLS uses. Before the first client is
/// made; again does no harm.
pub fn start_tls() {
    // An error says that it was started before.
    drop(rustls::crypto::ring::default_provider().install_default());
}
