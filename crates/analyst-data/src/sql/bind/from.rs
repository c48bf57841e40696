//! FROM: tables, subqueries, WITH queries, and how they are joined.

use sqlparser::ast::{self, JoinConstraint, JoinOperator, ObjectName, TableFactor, TableWithJoins};

use super::{Binder, Bound, Output, Scope, ScopeColumn, With, ident_place, place, refuse, same_name, shown};
use crate::error::SqlError;
use crate::sql::plan::{
    Combined, Comparison, Expr, Function, Join, JoinKind, JoinLabel, Kind, Node, Recursive, Rows, common,
};
use crate::value::nearest;

pub(super) struct Source {
    pub rows: Rows,
    pub scope: Scope,
}

impl Binder<'_> {
    /// The tables after FROM, joined by commas.
    pub(super) fn from(&mut self, from: &[TableWithJoins]) -> Result<Source, SqlError> {
        let mut source: Option<Source> = None;
        for item in from {
            let next = self.joined(item)?;
            source = Some(match source {
                None => next,
                Some(left) => self.product(left, next)?,
            });
        }
        Ok(source.unwrap_or(Source { rows: Rows::One, scope: Scope::default() }))
    }

    fn joined(&mut self, from: &TableWithJoins) -> Result<Source, SqlError> {
        let mut left = self.factor(&from.relation)?;
        for join in &from.joins {
            if join.global {
                return refuse(place(&join.relation), "GLOBAL JOIN is not supported.");
            }
            let right = self.factor(&join.relation)?;
            left = self.join(left, right, &join.join_operator, &join.relation)?;
        }
        Ok(left)
    }

    fn product(&mut self, left: Source, right: Source) -> Result<Source, SqlError> {
        self.unique_tables(&left.scope, &right.scope)?;
        let label = JoinLabel { left: names(&left.scope), right: names(&right.scope), on: Vec::new() };
        let mut scope = left.scope;
        scope.columns.extend(right.scope.columns);
        let join =
            Join { how: JoinKind::Inner, left: left.rows, right: right.rows, keys: Vec::new(), rest: None, label };
        Ok(Source { rows: Rows::Join(Box::new(join)), scope })
    }

    fn unique_tables(&self, left: &Scope, right: &Scope) -> Result<(), SqlError> {
        let known = left.tables();
        match right.tables().into_iter().find(|name| known.iter().any(|other| other.eq_ignore_ascii_case(name))) {
            None => Ok(()),
            Some(name) => {
                let name = shown(&name);
                refuse(
                    None,
                    format!("{name:?} is there twice in FROM. Give each a name of its own: {name} a JOIN {name} b."),
                )
            }
        }
    }

    fn factor(&mut self, factor: &TableFactor) -> Result<Source, SqlError> {
        let at = place(factor);
        self.grow(at)?;
        match factor {
            TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
                self.table(name, alias.as_ref())
            }
            TableFactor::Table { name, args: Some(_), .. } => refuse(
                at,
                format!(
                    "{}(…) cannot be used as a table: a query reads only the open tables ({}), never files or addresses.",
                    shown(&name.to_string()),
                    self.table_names().join(", ")
                ),
            ),
            TableFactor::Table { .. } => {
                refuse(at, "Hints, versions, partitions and samples of tables are not supported.")
            }
            TableFactor::Derived { lateral: true, .. } => refuse(at, "LATERAL is not supported; write a join."),
            TableFactor::Derived { subquery, alias, sample: None, .. } => {
                let bound = self.query(subquery)?;
                let name = alias.as_ref().map(|alias| alias.name.value.clone());
                self.named(bound, name, alias.as_ref())
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => self.joined(table_with_joins),
            _ => refuse(at, "Only tables, subqueries and joins are allowed after FROM."),
        }
    }

    fn table_names(&self) -> Vec<String> {
        self.tables.iter().map(|table| shown(&table.name)).collect()
    }

    fn table(&mut self, name: &ObjectName, alias: Option<&ast::TableAlias>) -> Result<Source, SqlError> {
        let at = place(name);
        let ident = match &name.0[..] {
            [part] => part.as_ident(),
            _ => None,
        };
        let Some(ident) = ident else {
            return Err(self.no_such_table(&name.to_string(), at));
        };
        let written = &ident.value;
        if let Some(index) = self.with.iter().rposition(|(name, _)| name.eq_ignore_ascii_case(written)) {
            return self.with_query(index, alias);
        }
        let tables = self.tables;
        let found = same_name(tables, written, |table| &table.name);
        let Some(table) = found.first() else { return Err(self.no_such_table(written, at)) };
        let index = tables.iter().position(|other| other.name == table.name).unwrap_or_default();
        let mut columns = Vec::with_capacity(table.columns.len());
        let mut outputs = Vec::with_capacity(table.columns.len());
        let shown_name = alias.map_or_else(|| ident.value.clone(), |alias| alias.name.value.clone());
        for (position, (name, kind)) in table.columns.iter().enumerate() {
            let id = self.new_id();
            columns.push((id, position));
            self.labels.insert(id, (shown_name.clone(), name.clone()));
            outputs.push(Output { name: name.clone(), id, kind: *kind });
        }
        let bound = Bound { rows: Rows::Scan { table: index, columns }, columns: outputs, is_ordered: false };
        self.named(bound, Some(shown_name), alias)
    }

    fn no_such_table(&self, name: &str, at: Option<crate::error::Place>) -> SqlError {
        let mut available: Vec<String> = self.with.iter().map(|(name, _)| name.clone()).collect();
        available.extend(self.table_names());
        SqlError::NoSuchTable { nearest: nearest(name, &available), available, table: shown(name), at }
    }

    /// A query's result under a name, its columns perhaps renamed by the alias.
    fn named(
        &mut self,
        bound: Bound,
        name: Option<String>,
        alias: Option<&ast::TableAlias>,
    ) -> Result<Source, SqlError> {
        let mut columns = bound.columns;
        if let Some(alias) = alias {
            if alias.at.is_some() || alias.columns.iter().any(|column| column.data_type.is_some()) {
                return refuse(ident_place(&alias.name), "This form of alias is not supported.");
            }
            if alias.columns.len() > columns.len() {
                return refuse(ident_place(&alias.name), "The alias names more columns than there are.");
            }
            for (column, renamed) in columns.iter_mut().zip(&alias.columns) {
                column.name.clone_from(&renamed.name.value);
            }
        }
        let scope = Scope {
            columns: columns
                .into_iter()
                .map(|c| ScopeColumn { table: name.clone(), name: c.name, id: c.id, kind: c.kind, is_merged: false })
                .collect(),
            aliases: Vec::new(),
        };
        Ok(Source { rows: bound.rows, scope })
    }

    fn with_query(&mut self, index: usize, alias: Option<&ast::TableAlias>) -> Result<Source, SqlError> {
        let (name, with) = self.with[index].clone();
        let shown_name = alias.map_or_else(|| name.clone(), |alias| alias.name.value.clone());
        let bound = match with {
            With::Round { id, columns, is_used } => {
                if is_used {
                    return refuse(None, format!("WITH RECURSIVE {} may name itself only once.", shown(&name)));
                }
                self.with[index].1 = With::Round { id, columns: columns.clone(), is_used: true };
                let rows = Rows::Round { id, columns: columns.iter().map(|c| (c.id, c.kind)).collect() };
                Bound { rows, columns, is_ordered: false }
            }
            With::Query(cte) => {
                // It sees the queries named before it, and itself if it is recursive.
                let later = self.with.split_off(index);
                let bound = if super::set::names_table(&cte.query, &name) && super::set::is_union(&cte.query) {
                    self.recursive(&name, &cte)
                } else {
                    self.query(&cte.query)
                };
                self.with.truncate(index);
                self.with.extend(later);
                let mut bound = bound?;
                rename(&mut bound, &cte.alias)?;
                bound
            }
        };
        self.named(bound, Some(shown_name), alias)
    }

    fn recursive(&mut self, name: &str, cte: &ast::Cte) -> Result<Bound, SqlError> {
        let at = ident_place(&cte.alias.name);
        let parts = super::set::recursive_parts(&cte.query)
            .filter(|(start, _, _)| !super::set::names_table_in(start, name))
            .ok_or(SqlError::Refused {
                message: format!(
                    "{}: a recursive WITH is SELECT … UNION ALL SELECT …, the second part naming it.",
                    shown(name)
                ),
                at,
            })?;
        let (start_query, step_query, keeps_repeats) = parts;
        let mut start = self.set(start_query, None)?;
        rename(&mut start, &cte.alias)?;
        let id = self.new_id();
        let inner: Vec<Output> =
            start.columns.iter().map(|c| Output { name: c.name.clone(), id: self.new_id(), kind: c.kind }).collect();
        self.with.push((name.to_owned(), With::Round { id, columns: inner.clone(), is_used: false }));
        let step = self.set(step_query, None);
        self.with.pop();
        let step = step?;
        if step.columns.len() != start.columns.len() {
            return refuse(at, "Both parts of a recursive WITH need the same number of columns.");
        }
        if let Some((a, b)) = start.columns.iter().zip(&step.columns).find(|(a, b)| a.kind != b.kind) {
            let message = format!(
                "{}: the first part gives {}, the second {}. CAST the first to the type of the second.",
                shown(&a.name),
                a.kind.words(),
                b.kind.words()
            );
            return refuse(at, message);
        }
        let columns: Vec<Output> =
            inner.iter().map(|c| Output { name: c.name.clone(), id: self.new_id(), kind: c.kind }).collect();
        let rows = Rows::Recursive(Box::new(Recursive {
            id,
            columns: columns.iter().map(|c| (c.id, c.kind)).collect(),
            inner: inner.iter().map(|c| c.id).collect(),
            start_columns: start.columns.iter().map(|c| c.id).collect(),
            start: start.rows,
            step_columns: step.columns.iter().map(|c| c.id).collect(),
            step: step.rows,
            keeps_repeats,
        }));
        Ok(Bound { rows, columns, is_ordered: false })
    }

    fn join(
        &mut self,
        left: Source,
        right: Source,
        operator: &JoinOperator,
        relation: &TableFactor,
    ) -> Result<Source, SqlError> {
        use JoinOperator as J;
        let (how, constraint) = match operator {
            J::Join(c) | J::Inner(c) | J::CrossJoin(c) => (JoinKind::Inner, c),
            J::Left(c) | J::LeftOuter(c) => (JoinKind::Left, c),
            J::Right(c) | J::RightOuter(c) => (JoinKind::Right, c),
            J::FullOuter(c) => (JoinKind::Full, c),
            J::Semi(c) | J::LeftSemi(c) => (JoinKind::Semi, c),
            J::Anti(c) | J::LeftAnti(c) => (JoinKind::Anti, c),
            J::AsOf { .. } => {
                return refuse(place(relation), "ASOF JOIN is not supported. Use Python (merge_asof) for this step.");
            }
            _ => return refuse(place(relation), "This kind of join is not supported."),
        };
        self.unique_tables(&left.scope, &right.scope)?;
        match constraint {
            JoinConstraint::On(on) => self.join_on(left, right, how, on),
            JoinConstraint::Using(names) => {
                let mut columns = Vec::new();
                for name in names {
                    match &name.0[..] {
                        [part] if part.as_ident().is_some() => columns.extend(part.as_ident().cloned()),
                        _ => return refuse(place(name), "USING takes names of columns."),
                    }
                }
                self.join_using(left, right, how, &columns)
            }
            JoinConstraint::Natural => refuse(
                place(relation),
                "NATURAL JOIN joins on whatever columns happen to share a name. Write USING (…) with the columns that are meant.",
            ),
            JoinConstraint::None if how == JoinKind::Inner => self.product(left, right),
            JoinConstraint::None => refuse(place(relation), "This join needs ON … or USING (…)."),
        }
    }

    fn join_on(&mut self, left: Source, right: Source, how: JoinKind, on: &ast::Expr) -> Result<Source, SqlError> {
        let mut scope = left.scope.clone();
        scope.columns.extend(right.scope.columns.clone());
        let condition = self.condition(on, &scope, "ON")?;
        let mut join = Join {
            how,
            left: left.rows,
            right: right.rows,
            keys: Vec::new(),
            rest: None,
            label: JoinLabel { left: names(&left.scope), right: names(&right.scope), on: Vec::new() },
        };
        add_conditions(&mut join, condition.conjuncts());
        self.label(&mut join);
        if matches!(how, JoinKind::Semi | JoinKind::Anti) {
            scope = left.scope;
        }
        Ok(Source { rows: Rows::Join(Box::new(join)), scope })
    }

    fn join_using(
        &mut self,
        left: Source,
        right: Source,
        how: JoinKind,
        names_used: &[ast::Ident],
    ) -> Result<Source, SqlError> {
        let (mut keys, mut merged, mut on) = (Vec::new(), Vec::new(), Vec::new());
        for name in names_used {
            let parts = std::slice::from_ref(name);
            let a = self.resolve(parts, &left.scope)?;
            let b = self.resolve(parts, &right.scope)?;
            let kind = common(a.kind, b.kind).ok_or_else(|| SqlError::Refused {
                message: format!(
                    "{}: {} on the left, {} on the right. CAST one of them in a subquery first.",
                    shown(&name.value),
                    a.kind.words(),
                    b.kind.words()
                ),
                at: ident_place(name),
            })?;
            let (a, b) = (a.cast(kind, true), b.cast(kind, true));
            merged.push((name.value.clone(), kind, a.clone(), b.clone()));
            on.push((name.value.clone(), name.value.clone()));
            keys.push((a, b));
        }
        let label = JoinLabel { left: names(&left.scope), right: names(&right.scope), on };
        let is_left_only = matches!(how, JoinKind::Semi | JoinKind::Anti);
        let join = Join { how, left: left.rows, right: right.rows, keys, rest: None, label };
        let rows = Rows::Join(Box::new(join));
        if is_left_only {
            return Ok(Source { rows, scope: left.scope });
        }
        let mut scope = left.scope;
        scope.columns.extend(right.scope.columns);
        let mut kept: Vec<_> = scope.columns.iter().map(|c| (c.id, Expr::column(c.id, c.kind))).collect();
        let mut first = Vec::new();
        for (name, kind, a, b) in merged {
            let of_key = |expr: &Expr, other: &Expr| expr.columns() == other.columns();
            for column in &mut scope.columns {
                let itself = Expr::column(column.id, column.kind);
                column.is_merged |= of_key(&itself, &a) || of_key(&itself, &b);
            }
            let value = match how {
                JoinKind::Right => b,
                JoinKind::Full => Expr::call(kind, Function::Coalesce, vec![a, b]),
                _ => a,
            };
            let id = self.new_id();
            kept.push((id, value));
            first.push(ScopeColumn { table: None, name, id, kind, is_merged: false });
        }
        kept.dedup_by_key(|(id, _)| *id);
        first.append(&mut scope.columns);
        Ok(Source { rows: Rows::Project(Box::new(rows), kept), scope: Scope { columns: first, aliases: Vec::new() } })
    }

    /// Says in people's words what a join compares.
    pub(super) fn label(&self, join: &mut Join) {
        join.label.on = join.keys.iter().map(|(a, b)| (self.words(a), self.words(b))).collect();
        let table_of =
            |side: &Expr| side.columns().iter().find_map(|id| self.labels.get(id)).map(|(table, _)| table.clone());
        if let Some((a, b)) = join.keys.first() {
            join.label.left = table_of(a).unwrap_or_else(|| join.label.left.clone());
            join.label.right = table_of(b).unwrap_or_else(|| join.label.right.clone());
        }
    }

    fn words(&self, expr: &Expr) -> String {
        let name = |id: &u32| self.labels.get(id).map(|(_, column)| column.clone());
        match &expr.node {
            Node::Column(id) => name(id).unwrap_or_else(|| "an expression".to_owned()),
            Node::Cast { from, .. } => self.words(from),
            _ => {
                let names: Vec<String> = expr.columns().iter().filter_map(name).collect();
                format!("an expression of {}", names.join(", "))
            }
        }
    }
}

fn rename(bound: &mut Bound, alias: &ast::TableAlias) -> Result<(), SqlError> {
    if !alias.columns.is_empty() && alias.columns.len() != bound.columns.len() {
        return refuse(
            ident_place(&alias.name),
            format!("{} names another number of columns than its query gives.", shown(&alias.name.value)),
        );
    }
    for (column, renamed) in bound.columns.iter_mut().zip(&alias.columns) {
        column.name.clone_from(&renamed.name.value);
    }
    Ok(())
}

fn names(scope: &Scope) -> String {
    let names = scope.tables();
    if names.is_empty() { "a subquery".to_owned() } else { names.join(", ") }
}

/// Sorts conditions into equal keys and the rest.
pub(super) fn add_conditions(join: &mut Join, conditions: Vec<Expr>) {
    let (left, right) = (join.left.columns(), join.right.columns());
    let mut rest: Vec<Expr> = join.rest.take().into_iter().collect();
    for condition in conditions {
        match condition.node {
            Node::Compare(Comparison::Equal, a, b) => {
                let (of_a, of_b) = (a.columns(), b.columns());
                let has = |columns: &std::collections::BTreeSet<u32>, side: &std::collections::BTreeSet<u32>| {
                    !columns.is_empty() && columns.is_subset(side)
                };
                if !has_subquery(&a) && !has_subquery(&b) && has(&of_a, &left) && has(&of_b, &right) {
                    join.keys.push((*a, *b));
                } else if !has_subquery(&a) && !has_subquery(&b) && has(&of_b, &left) && has(&of_a, &right) {
                    join.keys.push((*b, *a));
                } else {
                    rest.push(Expr::compare(Comparison::Equal, *a, *b));
                }
            }
            node => rest.push(Expr { kind: condition.kind, node }),
        }
    }
    join.rest = Expr::all(rest);
}

pub(super) fn has_subquery(expr: &Expr) -> bool {
    matches!(expr.node, Node::InQuery(..) | Node::Exists(_) | Node::Scalar(_))
        || expr.children().into_iter().any(has_subquery)
}

/// Columns of a set operation.
pub(super) fn combined(id: u32, left: &Output, right: &Output, kind: Kind) -> Combined {
    Combined { id, left: left.id, right: right.id, kind }
}
