//! Asking a service to stop, and hearing of it.

use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// Asks everything that holds the other end to stop. Clones are the same switch.
#[derive(Clone, Debug)]
pub struct StopSwitch(Arc<watch::Sender<bool>>);

/// Hears when a stop is asked for. Clones hear the same.
#[derive(Clone, Debug)]
pub struct Stopping(watch::Receiver<bool>);

impl StopSwitch {
    /// A switch and who listens to it.
    pub fn new() -> (Self, Stopping) {
        let (sender, receiver) = watch::channel(false);
        (Self(Arc::new(sender)), Stopping(receiver))
    }

    /// Asks for a stop; asking again changes nothing.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// One more listener.
    pub fn listener(&self) -> Stopping {
        Stopping(self.0.subscribe())
    }
}

impl Stopping {
    /// Ends when a stop is asked for; at once if it was already.
    pub async fn requested(&self) {
        let mut receiver = self.0.clone();
        // A switch that is gone can never be pressed: whoever dropped it has stopped.
        let _ = receiver.wait_for(|stop| *stop).await;
    }

    /// Whether a stop was asked for.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }
}

/// Presses the switch at SIGTERM or SIGINT. A second signal ends the process at once: what was acknowledged is on disk
/// by then, only open answers are lost.
///
/// # Errors
/// If the signals cannot be listened to.
pub fn stop_on_signals(switch: StopSwitch) -> std::io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        let name = either(&mut terminate, &mut interrupt).await;
        tracing::info!(signal = name, "stopping: {name} was received");
        switch.stop();
        let name = either(&mut terminate, &mut interrupt).await;
        tracing::warn!(signal = name, "ending at once: {name} was received again");
        std::process::exit(EXIT_AT_ONCE);
    });
    Ok(())
}

/// What a shell reports for a process that a signal ended.
const EXIT_AT_ONCE: i32 = 130;

async fn either(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}
