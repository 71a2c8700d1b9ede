//! Whoever changes what the record is, as far as it has to know them.

use super::Named;
use crate::identity::Lapsed;
use crate::store::{Connection, Result};

/// Somebody who erases, holds or lets go.
pub trait Officer {
    /// By which id they are on record.
    fn id(&self) -> &str;

    /// What has become of them since they asked, in the transaction that does it, before anything else in that; nothing if they
    /// still may.
    ///
    /// # Errors
    /// What the database says.
    fn lapsed(&self, connection: &mut dyn Connection) -> Result<Option<Lapsed>>;

    /// Whether what the record says of somebody or something stays when it is to be erased.
    ///
    /// # Errors
    /// What the database says.
    fn stays(&self, connection: &mut dyn Connection, named: &Named<'_>) -> Result<bool>;
}
