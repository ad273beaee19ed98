//! A source that is asked over HTTP, as `sources.yaml` declares it. Knows nothing of addresses: a host
//! is a name here, and what it stands for is the settings' alone.

/// How a service is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Http {
    /// The host, by its name in the settings.
    pub host: String,
    /// It does something, for `act` steps; else it is only read.
    pub acts: bool,
    /// Sent with POST and all arguments as JSON, else with GET.
    pub post: bool,
    /// The segments of the path, below that of the host.
    pub path: Vec<Part>,
    /// The query, in order.
    pub query: Vec<(String, Part)>,
    /// Asked once more when the service breaks down while it answers, because asking twice does no harm.
    pub retry: bool,
}

/// A segment of a path, or a value of a query.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// As it stands.
    Fixed(String),
    /// The value of this argument.
    Argument(String),
}

impl Http {
    /// The path as it is declared, for logs: holes with their names, never with what fills them.
    pub fn shape(&self) -> String {
        let parts = self.path.iter().map(|part| match part {
            Part::Fixed(text) => format!("/{text}"),
            Part::Argument(name) => format!("/{{{name}}}"),
        });
        parts.collect()
    }
}
