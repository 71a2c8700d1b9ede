//! Where log lines go: to the standard error, as JSON or for people.

use std::io;
use std::sync::Arc;

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;

use super::{Config, LogFormat};
use crate::clock::Clock;

/// What takes log events.
pub type Subscriber = Box<dyn tracing::Subscriber + Send + Sync>;

/// Sends this process's log to the standard error, panics included. The second call in a process changes nothing.
pub fn init(config: &Config, clock: Arc<dyn Clock>) {
    if tracing::subscriber::set_global_default(subscriber(config, clock, io::stderr)).is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            let words = panic.payload_as_str().unwrap_or("without a message");
            tracing::error!(panic.place = place, panic.message = words, "a panic at {place}");
        }));
    }
}

/// What [`init`] installs, with another place to write to.
pub fn subscriber<W>(config: &Config, clock: Arc<dyn Clock>, writer: W) -> Subscriber
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // The configuration was checked when it was loaded; what is not a filter logs everything of note.
    let filter = config.log.parse::<Targets>().unwrap_or_else(|_| Targets::new().with_default(tracing::Level::INFO));
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_timer(Timer(clock));
    let lines = match config.log_format {
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        LogFormat::Human => lines.with_ansi(false).with_target(false).boxed(),
    };
    Box::new(tracing_subscriber::registry().with(lines.with_filter(filter)))
}

/// The injected clock, as RFC 3339 in UTC.
struct Timer(Arc<dyn Clock>);

impl FormatTime for Timer {
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        writer.write_str(&self.0.now().to_string())
    }
}
