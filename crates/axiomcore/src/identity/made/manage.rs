//! Following who made what.

use std::collections::{BTreeMap, BTreeSet};

use super::store::Known;
use super::{AllMade, Lineage, Made, MadeError, MadeKind, store};
use crate::clock::Timestamp;
use crate::identity::{Identity, Principal, store as keys};
use crate::store::{Connection, Result};

/// Who makes, and from when on that counts: of whom was let in again, what they did before is their own.
type Makers = BTreeMap<String, Timestamp>;

impl Identity {
    /// What works in the principal's workspace and was made or given by somebody, or by what they have made, the earliest
    /// first. Whoever asks is not among it, nor what has come of them, unless they ask about themselves; what it takes
    /// another permission to see is counted.
    ///
    /// # Errors
    /// If nobody of that id is here or has made anything; if the database fails.
    pub async fn list_made(&self, principal: &Principal, of: Lineage) -> std::result::Result<AllMade, MadeError> {
        let (by, now) = (principal.clone(), self.now());
        let followed = move |connection: &mut dyn Connection| follow(connection, &by, &of, now);
        let all = self.0.parts.database.read(followed).await?.ok_or(MadeError::NotFound)?;
        let is_seen = |made: &Made| principal.permissions.has(made.takes().0);
        let (items, others): (Vec<Made>, Vec<Made>) = all.into_iter().partition(is_seen);
        Ok(AllMade { items, withheld: others.len() })
    }
}

/// What works of all that somebody has made or given, directly or not; none if nobody of that id is here or has made anything.
pub(super) fn follow(
    connection: &mut dyn Connection,
    by: &Principal,
    of: &Lineage,
    now: Timestamp,
) -> Result<Option<Vec<Made>>> {
    let all = store::known(connection, by.workspace, now)?;
    let is_of = |Known { made, .. }: &Known| {
        made.made_by == of.by || made.made_with.as_ref() == Some(&of.by) || made.makes() && made.id == of.by
    };
    if !all.iter().any(is_of) {
        return Ok(None);
    }
    let own = own(connection, by)?;
    let makers = makers(&all, &of.by, &own);
    let is_in = |made: &Made| {
        let is_theirs = comes_of(&makers, made) && made.id != of.by;
        is_theirs && !own.contains(&made.id) && of.since.is_none_or(|since| made.made_at >= since)
    };
    let found = all.into_iter().filter(|known| known.works && is_in(&known.made)).map(|known| known.made);
    Ok(Some(each_once(found.collect())))
}

/// Without what goes with something else of it: who is ended altogether needs no role or ticket taken back, nor a role that is
/// deleted. Who was invited and let in again is one.
fn each_once(mut found: Vec<Made>) -> Vec<Made> {
    let all = |kind: MadeKind| -> BTreeSet<String> {
        found.iter().filter(|made| made.kind == kind).map(|made| made.id.clone()).collect()
    };
    let (users, services, roles) = (all(MadeKind::User), all(MadeKind::Service), all(MadeKind::CustomRole));
    let mut seen = BTreeSet::new();
    found.retain(|made| match made.kind {
        MadeKind::Key | MadeKind::Service | MadeKind::CustomRole => true,
        MadeKind::User => seen.insert(made.id.clone()),
        MadeKind::Permission => !roles.contains(&made.id),
        MadeKind::Role | MadeKind::Ticket => {
            let is_gone = made.role.as_ref().is_some_and(|role| roles.contains(role));
            !is_gone && !users.contains(&made.id) && !services.contains(&made.id)
        }
    });
    found
}

/// Somebody, and all who would not be there without them: through who is gone, and whenever that was. Whoever asks is not
/// among them, unless it is they who are asked about.
fn makers(all: &[Known], of: &str, own: &BTreeSet<String>) -> Makers {
    let mut makers = Makers::from([(of.to_owned(), Timestamp(i64::MIN))]);
    // Makers may have been made in the same moment as what they made: it is gone through until nothing is added.
    loop {
        let is_new = |Known { made, from, .. }: &&Known| {
            let is_known = makers.get(&made.id).is_some_and(|known| known <= from);
            made.makes() && !is_known && !own.contains(&made.id) && comes_of(&makers, made)
        };
        let further: Vec<(String, Timestamp)> =
            all.iter().filter(is_new).map(|known| (known.made.id.clone(), known.from)).collect();
        if further.is_empty() {
            return makers;
        }
        for (id, from) in further {
            makers.entry(id).and_modify(|known| *known = from.min(*known)).or_insert(from);
        }
    }
}

/// Whether one of them has made it, or it was made with one of them.
fn comes_of(makers: &Makers, made: &Made) -> bool {
    let of = |id: &String| makers.get(id).is_some_and(|from| *from <= made.made_at);
    of(&made.made_by) || made.made_with.as_ref().is_some_and(of)
}

/// What a principal is by: themselves, the key, and whose that is.
fn own(connection: &mut dyn Connection, by: &Principal) -> Result<BTreeSet<String>> {
    let mut own = BTreeSet::from([by.id.clone()]);
    if let Some(id) = &by.key {
        own.insert(id.clone());
        own.extend(keys::find(connection, by.workspace, id)?.and_then(|found| found.key.owner));
    }
    Ok(own)
}
