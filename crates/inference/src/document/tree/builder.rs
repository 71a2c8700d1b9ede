//! Growing a tree within limits.

use super::{Key, Mark, Node, Spot, Step, Tree, Value};
use crate::document::code::Code;
use crate::document::limits::Limits;
use crate::document::problem::Problem;

/// A problem after which there is nothing left to read.
pub(in super::super) type Stop = Box<Problem>;

/// Where a new value goes.
#[derive(Clone, Debug)]
pub(in super::super) enum Role {
    Root,
    /// The next item of a list.
    Item,
    /// Under a key of a map.
    Under(Key),
    /// Nowhere: the value of a key that was refused. It is read, so that reading can go on behind it.
    Aside,
}

#[derive(Debug)]
pub(in super::super) struct Builder<'l> {
    tree: Tree,
    depths: Vec<usize>,
    aliased: usize,
    limits: &'l Limits,
}

impl<'l> Builder<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self { tree: Tree::default(), depths: Vec::new(), aliased: 0, limits }
    }

    pub(super) fn finish(self) -> Tree {
        self.tree
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tree.nodes.is_empty()
    }

    pub(super) fn spot(&self, id: usize) -> Spot {
        self.tree.spot(id)
    }

    /// Adds a value; `parent` is ignored for the root.
    pub(super) fn push(
        &mut self,
        parent: usize,
        role: Role,
        mark: Option<Mark>,
        value: Value,
        plain: Option<Box<str>>,
    ) -> Result<usize, Stop> {
        let id = self.tree.nodes.len();
        let depth = if id == 0 { 0 } else { self.depths.get(parent).map_or(0, |depth| depth + 1) };
        if depth > self.limits.depth {
            return Err(self.too_deep(parent, mark));
        }
        if id >= self.limits.nodes {
            return Err(self.too_many_nodes(parent, mark));
        }
        let attached = !matches!(role, Role::Aside | Role::Root);
        let step = match role {
            Role::Root => Step::Root,
            Role::Item | Role::Aside => Step::Index(self.len(parent)),
            Role::Under(key) => Step::Key(key),
        };
        self.tree.nodes.push(Node { parent, step, mark, value, plain });
        self.depths.push(depth);
        if attached
            && let Some(Value::List(ids) | Value::Map(ids)) = self.tree.nodes.get_mut(parent).map(|n| &mut n.value)
        {
            ids.push(id);
        }
        Ok(id)
    }

    /// Copies a finished value to another place: what an alias stands for.
    pub(super) fn copy(&mut self, source: usize, parent: usize, role: Role) -> Result<usize, Stop> {
        self.aliased += 1;
        let Some(node) = self.tree.nodes.get(source).cloned() else { return Ok(source) };
        if self.aliased > self.limits.alias_nodes {
            return Err(self.too_many_aliases(parent, node.mark));
        }
        let (empty, children) = match node.value {
            Value::List(children) => (Value::List(Vec::new()), children),
            Value::Map(children) => (Value::Map(Vec::new()), children),
            scalar => (scalar, Vec::new()),
        };
        let id = self.push(parent, role, node.mark, empty, node.plain)?;
        for child in children {
            let role = match self.tree.nodes.get(child).map(|node| &node.step) {
                Some(Step::Key(key)) => Role::Under(key.clone()),
                _ => Role::Item,
            };
            self.copy(child, id, role)?;
        }
        Ok(id)
    }

    fn len(&self, id: usize) -> usize {
        match self.tree.nodes.get(id).map(|node| &node.value) {
            Some(Value::List(ids) | Value::Map(ids)) => ids.len(),
            _ => 0,
        }
    }

    fn too_deep(&self, parent: usize, mark: Option<Mark>) -> Stop {
        let spot = Spot { mark, ..self.spot(parent) };
        let limit = self.limits.depth;
        let message = format!("lists and maps are nested more than {limit} deep");
        Box::new(Problem::at(spot, Code::TooDeep, message, "nest less; no table needs as many levels").expected(limit))
    }

    fn too_many_nodes(&self, parent: usize, mark: Option<Mark>) -> Stop {
        let spot = Spot { mark, ..self.spot(parent) };
        let limit = self.limits.nodes;
        let message = format!("the document has more than {limit} values");
        let mend = "use `columns` with `else`, `identity` or `uniform` for regular tables, or split the model";
        Box::new(Problem::at(spot, Code::TooManyNodes, message, mend).expected(limit))
    }

    fn too_many_aliases(&self, parent: usize, mark: Option<Mark>) -> Stop {
        let spot = Spot { mark, ..self.spot(parent) };
        let limit = self.limits.alias_nodes;
        let message = format!("aliases (*) expand to more than {limit} values");
        Box::new(Problem::at(spot, Code::AliasExpansion, message, "write it out, or alias less").expected(limit))
    }
}
