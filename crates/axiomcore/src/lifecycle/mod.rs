//! From start to stop: who may use the data folder, what makes a service stop, and in which order it does.

mod data_folder;
mod shutdown;
mod stop;

pub use data_folder::{DataFolder, DataFolderError};
pub use shutdown::{Outcome, Shutdown};
pub use stop::{StopSwitch, Stopping, stop_on_signals};
