//! Making, changing and deleting service accounts.

use serde_json::json;

use super::{NewService, SERVICE, Service, ServiceError, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::identity::authority::Without;
use crate::identity::key::hex;
use crate::identity::made::given;
use crate::identity::users::store::Place;
use crate::identity::{Identity, Permissions, Principal, PrincipalKind, Status, store as keys, users};
use crate::store::Connection;

impl Identity {
    /// The service accounts of the principal's workspace.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_services(&self, principal: &Principal) -> crate::store::Result<Vec<Service>> {
        let workspace = principal.workspace;
        self.0.parts.database.read(move |connection| store::list(connection, workspace)).await
    }

    /// A service account of the principal's workspace.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn find_service(&self, principal: &Principal, id: &str) -> crate::store::Result<Option<Service>> {
        let (workspace, id) = (principal.workspace, id.to_owned());
        self.0.parts.database.read(move |connection| store::find(connection, workspace, &id)).await
    }

    /// Makes a service account in the maker's workspace; it has no key yet.
    ///
    /// # Errors
    /// If a role is none or may more than the maker, the owner cannot be asked, or the database fails.
    pub async fn create_service(&self, maker: &Principal, new: NewService) -> Result<Service, ServiceError> {
        check_name(&new.name)?;
        let mut id = [0; 8];
        self.0.parts.entropy.fill(&mut id)?;
        let (identity, by, created_at) = (self.clone(), maker.clone(), self.now());
        let NewService { name, roles, owner } = new;
        let (id, owner, created_by) = (format!("{SERVICE}{}", hex(&id)), owner, by.id.clone());
        let service = Service { id, name, roles, owner, created_at, created_by };
        self.settle(maker, maker.workspace, move |connection, _| {
            identity.may_grant(connection, &by, by.workspace, &service.roles)?;
            let owner =
                service.owner.clone().map_or_else(|| person_behind(connection, &by), |owner| Ok(Some(owner)))?;
            let service = Service { owner, ..service };
            check_owner(connection, by.workspace, &service)?;
            store::insert(connection, by.workspace, &service, by.credential())?;
            record(connection, (&by, created_at), "service.create", &service)?;
            Ok(service)
        })
        .await
    }

    /// Changes what a service account is called, may, and whom it belongs to.
    ///
    /// # Errors
    /// As for [`create_service`](Self::create_service); if there is none, it may more than the maker, nobody else may
    /// everything, or it would come to more by a key that expires.
    pub async fn update_service(&self, maker: &Principal, id: &str, new: NewService) -> Result<Service, ServiceError> {
        check_name(&new.name)?;
        let (identity, by, id, now) = (self.clone(), maker.clone(), id.to_owned(), self.now());
        self.settle(maker, maker.workspace, move |connection, losers| {
            let found = identity.ruled_service(connection, &by, &id)?;
            let (NewService { name, roles, owner }, before) = (new, found.roles.clone());
            let granted = identity.may_grant(connection, &by, by.workspace, &roles)?;
            if !by.may_widen(&identity.permissions_of(connection, by.workspace, &before)?, &granted) {
                return Err(ServiceError::Outlives);
            }
            if granted != Permissions::Every {
                identity.leaves_an_administrator(connection, by.workspace, &found)?;
            }
            let service = Service { name, roles, owner: owner.or_else(|| found.owner.clone()), ..found };
            check_owner(connection, by.workspace, &service)?;
            store::update(connection, by.workspace, &service)?;
            let place = Place { workspace: by.workspace, id: service.id.clone() };
            given::ROLES.note(connection, &place, (&before, &service.roles), (&by, now))?;
            losers.add(&service.id);
            record(connection, (&by, now), "service.update", &service)?;
            Ok(service)
        })
        .await
    }

    /// Takes a service account away, and revokes its keys.
    ///
    /// # Errors
    /// If there is none, it may more than the maker, nobody else may everything, or the database fails.
    pub async fn delete_service(&self, maker: &Principal, id: &str) -> Result<(), ServiceError> {
        let (identity, by, id, now) = (self.clone(), maker.clone(), id.to_owned(), self.now());
        self.settle(maker, maker.workspace, move |connection, losers| {
            let found = identity.ruled_service(connection, &by, &id)?;
            identity.leaves_an_administrator(connection, by.workspace, &found)?;
            keys::revoke_of_service(connection, by.workspace, &id, now)?;
            store::delete(connection, &Place { workspace: by.workspace, id: id.clone() })?;
            losers.add(&id);
            record(connection, (&by, now), "service.delete", &found)?;
            Ok(())
        })
        .await
    }

    /// The service account, if the maker may all that it may.
    pub(in crate::identity) fn ruled_service(
        &self,
        connection: &mut dyn Connection,
        maker: &Principal,
        id: &str,
    ) -> Result<Service, ServiceError> {
        let found = store::find(connection, maker.workspace, id)?.ok_or(ServiceError::NotFound)?;
        let permissions = self.permissions_of(connection, maker.workspace, &found.roles)?;
        if maker.permissions.cover(&permissions) { Ok(found) } else { Err(ServiceError::TooMuch) }
    }

    /// Refuses to take away the last who may everything.
    fn leaves_an_administrator(
        &self,
        connection: &mut dyn Connection,
        workspace: i64,
        service: &Service,
    ) -> Result<(), ServiceError> {
        if self.permissions_of(connection, workspace, &service.roles)? != Permissions::Every {
            return Ok(());
        }
        let without = Without { service: Some(&service.id), ..Without::default() };
        if self.has_administrator(connection, workspace, without)? { Ok(()) } else { Err(ServiceError::Last) }
    }
}

fn check_name(name: &str) -> Result<(), ServiceError> {
    if users::is_name(name) { Ok(()) } else { Err(ServiceError::Name) }
}

/// The person who is asked about what this principal makes: themselves, or whose the key or the service account is.
fn person_behind(connection: &mut dyn Connection, by: &Principal) -> crate::store::Result<Option<String>> {
    if by.kind == PrincipalKind::User {
        return Ok(Some(by.id.clone()));
    }
    let Some(key) = &by.key else { return Ok(None) };
    let Some(keys::Stored { key, .. }) = keys::find(connection, by.workspace, key)? else { return Ok(None) };
    let Some(service) = &key.service else { return Ok(key.owner) };
    let owner = store::find(connection, by.workspace, service)?.and_then(|service| service.owner);
    // Whoever cannot be asked any more is no reason to refuse what the service account makes.
    owner.map_or(Ok(None), |owner| Ok(can_be_asked(connection, by.workspace, &owner)?.then_some(owner)))
}

fn can_be_asked(connection: &mut dyn Connection, workspace: i64, owner: &str) -> crate::store::Result<bool> {
    let found = users::store::find(connection, workspace, owner)?;
    Ok(found.is_some_and(|found| found.user.status == Status::Active))
}

fn check_owner(connection: &mut dyn Connection, workspace: i64, service: &Service) -> Result<(), ServiceError> {
    let Some(owner) = &service.owner else { return Ok(()) };
    if can_be_asked(connection, workspace, owner)? { Ok(()) } else { Err(ServiceError::Owner) }
}

fn record(
    connection: &mut dyn Connection,
    (by, at): (&Principal, Timestamp),
    action: &'static str,
    service: &Service,
) -> crate::store::Result<()> {
    let entry = Entry { workspace: by.workspace, at, principal: &by.id, action };
    let detail = json!({ "name": service.name, "roles": service.roles, "owner": service.owner });
    entry.write(connection, &service.id, &detail)
}
