//! Who may do what: roles, workspaces, invitations, service accounts.
