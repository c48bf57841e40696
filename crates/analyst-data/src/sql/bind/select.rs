//! SELECT: from rows to groups to windows to the columns of the result.

use std::collections::BTreeSet;

use sqlparser::ast::{
    self, Distinct, GroupByExpr, NamedWindowDefinition, OrderByExpr, Select, SelectItem,
    SelectItemQualifiedWildcardKind, WildcardAdditionalOptions,
};

use super::from::{Source, add_conditions, has_subquery};
use super::order::{expression_name, key, output};
use super::{Binder, Bound, Output, Scope, ScopeColumn, ident_place, place, refuse, same_name, shown};
use crate::error::SqlError;
use crate::sql::plan::{Aggregate, ColumnId, Comparison, Expr, JoinKind, Key, Kind, Node, Rows, WindowCall};

/// What a SELECT computes over groups and windows; found while its expressions are bound.
#[derive(Default)]
pub(super) struct Calls {
    pub aggregates: Vec<(ColumnId, Aggregate)>,
    pub windows: Vec<(ColumnId, WindowCall)>,
    pub named_windows: Vec<NamedWindowDefinition>,
}

/// What may stand in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Values of one row; the clause, for messages.
    Row(&'static str),
    /// Aggregates too.
    Group(&'static str),
    /// Aggregates and windows.
    Full,
}

struct Item {
    name: String,
    value: Expr,
}

impl Binder<'_> {
    pub(super) fn select(&mut self, select: &Select, order: Option<&[OrderByExpr]>) -> Result<Bound, SqlError> {
        self.grow(place(select))?;
        refuse_clauses(select)?;
        let Source { mut rows, mut scope } = self.from(&select.from)?;
        if let Some(test) = &select.selection {
            let test = self.condition(test, &scope, "WHERE")?;
            rows = filtered(rows, test.conjuncts(), self);
        }
        self.calls.push(Calls { named_windows: select.named_window.clone(), ..Calls::default() });
        let result = self.select_body(select, order, rows, &mut scope);
        self.calls.pop();
        result
    }

    fn select_body(
        &mut self,
        select: &Select,
        order: Option<&[OrderByExpr]>,
        mut rows: Rows,
        scope: &mut Scope,
    ) -> Result<Bound, SqlError> {
        let mut keys = self.group_keys(select, scope)?;
        let mut items = self.items(&select.projection, scope)?;
        let mut having = match &select.having {
            Some(having) => Some(self.condition_in(having, scope, Mode::Group("HAVING"))?),
            None => None,
        };
        let mut qualify = match &select.qualify {
            Some(qualify) => Some(self.condition_in(qualify, scope, Mode::Full)?),
            None => None,
        };
        let outputs: Vec<Output> = items
            .iter()
            .map(|item| Output { name: item.name.clone(), id: self.new_id(), kind: item.value.kind })
            .collect();
        let mut sort = self.sort_keys(order, scope, &outputs)?;
        let mut distinct_on = match &select.distinct {
            Some(Distinct::On(exprs)) => {
                Some(exprs.iter().map(|expr| self.value(expr, scope, Mode::Full)).collect::<Result<Vec<_>, _>>()?)
            }
            _ => None,
        };
        let calls = self
            .calls
            .last_mut()
            .map(|calls| (std::mem::take(&mut calls.aggregates), std::mem::take(&mut calls.windows)));
        let (aggregates, mut windows) = calls.unwrap_or_default();
        let is_grouped = !keys.is_empty() || !aggregates.is_empty() || having.is_some();
        if is_grouped {
            let allowed: BTreeSet<ColumnId> = keys
                .iter()
                .map(|(id, _)| *id)
                .chain(aggregates.iter().map(|(id, _)| *id))
                .chain(windows.iter().map(|(id, _)| *id))
                .collect();
            let mut check = |expr: &mut Expr| self.over_groups(expr, &keys, &allowed, scope);
            items.iter_mut().try_for_each(|item| check(&mut item.value))?;
            having.iter_mut().try_for_each(&mut check)?;
            qualify.iter_mut().try_for_each(&mut check)?;
            sort.iter_mut().filter_map(|key| key.hidden.as_mut()).try_for_each(&mut check)?;
            distinct_on.iter_mut().flatten().try_for_each(&mut check)?;
            let mut failure = Ok(());
            for (_, call) in &mut windows {
                call.each_expression_mut(&mut |expr| {
                    if failure.is_ok() {
                        failure = check(expr);
                    }
                });
            }
            failure?;
            keys.sort_by_key(|(id, _)| *id);
            keys.dedup_by_key(|(id, _)| *id);
            rows = Rows::Aggregate { input: Box::new(rows), keys, calls: aggregates };
        }
        if let Some(having) = having {
            rows = Rows::Filter(Box::new(rows), having);
        }
        if !windows.is_empty() {
            rows = Rows::Window { input: Box::new(rows), calls: windows };
        }
        if let Some(qualify) = qualify {
            rows = Rows::Filter(Box::new(rows), qualify);
        }
        if let Some(on) = distinct_on {
            rows = self.first_of_each(rows, on, &sort, &items, &outputs);
        }
        self.project(select, rows, items, outputs, sort)
    }

    fn project(
        &mut self,
        select: &Select,
        rows: Rows,
        items: Vec<Item>,
        outputs: Vec<Output>,
        sort: Vec<SortKey>,
    ) -> Result<Bound, SqlError> {
        let mut projection: Vec<(ColumnId, Expr)> =
            outputs.iter().zip(items).map(|(output, item)| (output.id, item.value)).collect();
        let is_distinct = matches!(select.distinct, Some(Distinct::Distinct));
        let mut keys = Vec::with_capacity(sort.len());
        let mut has_hidden = false;
        for SortKey { key, hidden, at } in sort {
            let mut key: Key = key;
            if let Some(value) = hidden {
                let known = projection.iter().find(|(_, other)| *other == value).map(|(id, _)| *id);
                let id = known.unwrap_or_else(|| self.new_id());
                key.by = Expr::column(id, value.kind);
                if known.is_none() {
                    if is_distinct {
                        return refuse(
                            at,
                            "With SELECT DISTINCT, ORDER BY can only use columns of the result. Select the column too.",
                        );
                    }
                    projection.push((id, value));
                    has_hidden = true;
                }
            }
            keys.push(key);
        }
        let mut rows = Rows::Project(Box::new(rows), projection);
        if is_distinct {
            rows = Rows::Distinct(Box::new(rows));
        }
        let is_ordered = !keys.is_empty();
        if is_ordered {
            rows = Rows::Sort(Box::new(rows), keys);
        }
        if has_hidden {
            let kept = outputs.iter().map(|c| (c.id, Expr::column(c.id, c.kind))).collect();
            rows = Rows::Project(Box::new(rows), kept);
        }
        Ok(Bound { rows, columns: outputs, is_ordered })
    }

    /// DISTINCT ON: the first row of each, in the statement's order.
    fn first_of_each(
        &mut self,
        rows: Rows,
        on: Vec<Expr>,
        sort: &[SortKey],
        items: &[Item],
        outputs: &[Output],
    ) -> Rows {
        use crate::sql::plan::{Frame, WindowFunction};
        let id = self.new_id();
        let order = sort
            .iter()
            .map(|sort| {
                let mut key = sort.key.clone();
                if let Some(hidden) = &sort.hidden {
                    key.by = hidden.clone();
                } else if let Some(position) = outputs.iter().position(|o| key.by.node == Node::Column(o.id)) {
                    key.by = items[position].value.clone();
                }
                key
            })
            .collect();
        let call = WindowCall {
            what: WindowFunction::RowNumber,
            partition: on,
            order,
            frame: Frame::All,
            kind: Kind::Integer,
        };
        let numbered = Rows::Window { input: Box::new(rows), calls: vec![(id, call)] };
        let is_first = Expr::compare(Comparison::Equal, Expr::column(id, Kind::Integer), Expr::integer(1));
        Rows::Filter(Box::new(numbered), is_first)
    }

    fn group_keys(&mut self, select: &Select, scope: &Scope) -> Result<Vec<(ColumnId, Expr)>, SqlError> {
        let exprs = match &select.group_by {
            GroupByExpr::Expressions(exprs, modifiers) if modifiers.is_empty() => exprs,
            GroupByExpr::Expressions(..) => {
                return refuse(
                    place(select),
                    "ROLLUP, CUBE and TOTALS are not supported. Join several GROUP BY queries with UNION ALL.",
                );
            }
            GroupByExpr::All(_) => return refuse(place(select), "GROUP BY ALL is not supported; name the columns."),
        };
        let mut keys: Vec<(ColumnId, Expr)> = Vec::new();
        for expr in exprs {
            let value = self.group_key(expr, &select.projection, scope)?;
            if keys.iter().any(|(_, known)| *known == value) {
                continue;
            }
            // A column keeps its number, so that a subquery that names it finds it after grouping too.
            let id = match value.node {
                Node::Column(id) => id,
                _ => self.new_id(),
            };
            keys.push((id, value));
        }
        Ok(keys)
    }

    fn group_key(&mut self, expr: &ast::Expr, projection: &[SelectItem], scope: &Scope) -> Result<Expr, SqlError> {
        let item_value = |item: &SelectItem| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => Some(expr.clone()),
            _ => None,
        };
        match expr {
            ast::Expr::Value(value) => {
                let ast::Value::Number(text, _) = &value.value else {
                    return refuse(place(expr), "A constant groups nothing. Name a column, or its number.");
                };
                let item = text.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).and_then(|n| projection.get(n));
                match item.and_then(item_value) {
                    Some(expr) => self.value(&expr, scope, Mode::Row("GROUP BY")),
                    None => {
                        refuse(place(expr), format!("GROUP BY {text}: there is no such column in the SELECT list."))
                    }
                }
            }
            ast::Expr::Identifier(name) if same_name(&scope.columns, &name.value, |c| &c.name).is_empty() => {
                let aliased: Vec<(&ast::Ident, &ast::Expr)> = projection
                    .iter()
                    .filter_map(|item| match item {
                        SelectItem::ExprWithAlias { expr, alias } => Some((alias, expr)),
                        _ => None,
                    })
                    .collect();
                match same_name(&aliased, &name.value, |(alias, _)| &alias.value).first() {
                    Some((_, expr)) => self.value(expr, scope, Mode::Row("GROUP BY")),
                    None => self.value(expr, scope, Mode::Row("GROUP BY")),
                }
            }
            ast::Expr::Rollup(_) | ast::Expr::Cube(_) | ast::Expr::GroupingSets(_) => refuse(
                place(expr),
                "ROLLUP, CUBE and GROUPING SETS are not supported. Join several GROUP BY queries with UNION ALL.",
            ),
            _ => self.value(expr, scope, Mode::Row("GROUP BY")),
        }
    }

    fn items(&mut self, projection: &[SelectItem], scope: &mut Scope) -> Result<Vec<Item>, SqlError> {
        let mut items = Vec::with_capacity(projection.len());
        for item in projection {
            self.grow(place(item))?;
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    let value = self.value(expr, scope, Mode::Full)?;
                    let name = match expr {
                        ast::Expr::Identifier(name) => self.column_name(&value, &name.value, scope),
                        ast::Expr::CompoundIdentifier(parts) => {
                            let written = parts.last().map_or(String::new(), |part| part.value.clone());
                            self.column_name(&value, &written, scope)
                        }
                        _ => expression_name(expr),
                    };
                    items.push(Item { name, value });
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    let value = self.value(expr, scope, Mode::Full)?;
                    scope.aliases.push((alias.value.clone(), value.clone()));
                    items.push(Item { name: alias.value.clone(), value });
                }
                SelectItem::Wildcard(options) => {
                    if scope.columns.is_empty() {
                        return refuse(place(item), "SELECT * needs a table after FROM.");
                    }
                    let columns = scope.columns.iter().filter(|column| !column.is_merged).collect();
                    items.extend(self.star(columns, options)?);
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
                    let written = name.to_string();
                    let table = written.trim_matches('"');
                    let columns: Vec<&ScopeColumn> = scope
                        .columns
                        .iter()
                        .filter(|column| column.table.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(table)))
                        .collect();
                    if columns.is_empty() {
                        let tables = scope.tables();
                        return Err(SqlError::NoSuchTable {
                            nearest: crate::value::nearest(table, &tables),
                            available: tables,
                            table: shown(table),
                            at: place(name),
                        });
                    }
                    items.extend(self.star(columns, options)?);
                }
                _ => return refuse(place(item), "This form of * is not supported; name the columns."),
            }
        }
        Ok(items)
    }

    /// A column is named as the table names it, whatever its case in the statement.
    fn column_name(&self, value: &Expr, written: &str, scope: &Scope) -> String {
        let Node::Column(id) = value.node else { return written.to_owned() };
        scope
            .columns
            .iter()
            .find(|column| column.id == id)
            .map_or_else(|| written.to_owned(), |column| column.name.clone())
    }

    fn star(&self, columns: Vec<&ScopeColumn>, options: &WildcardAdditionalOptions) -> Result<Vec<Item>, SqlError> {
        let mut left_out: Vec<&ast::Ident> = Vec::new();
        if options.opt_ilike.is_some()
            || options.opt_replace.is_some()
            || options.opt_rename.is_some()
            || options.opt_alias.is_some()
        {
            return refuse(None, "* with ILIKE, REPLACE or RENAME is not supported; name the columns.");
        }
        match &options.opt_exclude {
            Some(ast::ExcludeSelectItem::Single(name)) => {
                left_out.extend(name.0.iter().filter_map(|part| part.as_ident()))
            }
            Some(ast::ExcludeSelectItem::Multiple(names)) => {
                left_out.extend(names.iter().flat_map(|name| &name.0).filter_map(|part| part.as_ident()));
            }
            None => {}
        }
        if let Some(except) = &options.opt_except {
            left_out.push(&except.first_element);
            left_out.extend(&except.additional_elements);
        }
        for name in &left_out {
            if same_name(&columns, &name.value, |column| &column.name).is_empty() {
                let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
                return Err(SqlError::NoSuchColumn {
                    nearest: crate::value::nearest(&name.value, &names),
                    available: names,
                    tables: vec!["*".to_owned()],
                    column: shown(&name.value),
                    at: ident_place(name),
                });
            }
        }
        Ok(columns
            .into_iter()
            .filter(|column| !left_out.iter().any(|name| name.value.eq_ignore_ascii_case(&column.name)))
            .map(|column| Item { name: column.name.clone(), value: Expr::column(column.id, column.kind) })
            .collect())
    }

    fn sort_keys(
        &mut self,
        order: Option<&[OrderByExpr]>,
        scope: &Scope,
        outputs: &[Output],
    ) -> Result<Vec<SortKey>, SqlError> {
        let mut keys = Vec::new();
        for item in order.unwrap_or_default() {
            let at = place(&item.expr);
            if item.with_fill.is_some() {
                return refuse(at, "WITH FILL is not supported.");
            }
            keys.push(match output(&item.expr, outputs)? {
                Some(output) => {
                    SortKey { key: key(Expr::column(output.id, output.kind), &item.options), hidden: None, at }
                }
                None => {
                    let value = self.value(&item.expr, scope, Mode::Full)?;
                    SortKey { key: key(Expr::null(value.kind), &item.options), hidden: Some(value), at }
                }
            });
        }
        Ok(keys)
    }

    /// After grouping, an expression may use what was grouped by, aggregates, and columns of queries around it.
    fn over_groups(
        &self,
        expr: &mut Expr,
        keys: &[(ColumnId, Expr)],
        allowed: &BTreeSet<ColumnId>,
        scope: &Scope,
    ) -> Result<(), SqlError> {
        if let Some((id, _)) = keys.iter().find(|(_, key)| key == expr) {
            expr.node = Node::Column(*id);
            return Ok(());
        }
        let wrong = |id: ColumnId| {
            let column = scope.columns.iter().find(|column| column.id == id);
            match column {
                Some(column) if !allowed.contains(&id) => {
                    let name = shown(&column.name);
                    refuse(
                        None,
                        format!(
                            "{name:?} is neither in GROUP BY nor in an aggregate. Add it to GROUP BY, or write MIN({name}) or another aggregate."
                        ),
                    )
                }
                _ => Ok(()),
            }
        };
        match &expr.node {
            Node::Column(id) => wrong(*id)?,
            Node::InQuery(_, query) | Node::Exists(query) | Node::Scalar(query) => {
                query.outer.iter().try_for_each(|id| wrong(*id))?;
            }
            _ => {}
        }
        expr.children_mut().into_iter().try_for_each(|child| self.over_groups(child, keys, allowed, scope))
    }
}

/// A key over the result, or over a value that has to be computed for it.
struct SortKey {
    key: Key,
    hidden: Option<Expr>,
    at: Option<crate::error::Place>,
}

fn refuse_clauses(select: &Select) -> Result<(), SqlError> {
    let at = place(select);
    if select.into.is_some() {
        return refuse(at, "SELECT INTO is not allowed; the data is never changed.");
    }
    if select.top.is_some() {
        return refuse(at, "TOP is not supported; write LIMIT at the end.");
    }
    if !select.lateral_views.is_empty() || !select.connect_by.is_empty() {
        return refuse(at, "LATERAL VIEW and CONNECT BY are not supported. Use WITH RECURSIVE, or Python.");
    }
    let is_unusual = select.exclude.is_some()
        || select.prewhere.is_some()
        || !select.cluster_by.is_empty()
        || !select.distribute_by.is_empty()
        || !select.sort_by.is_empty()
        || select.value_table_mode.is_some()
        || select.select_modifiers.is_some()
        || !select.optimizer_hints.is_empty()
        || !matches!(select.flavor, ast::SelectFlavor::Standard);
    if is_unusual {
        return refuse(
            at,
            "This form of SELECT is not supported. Write SELECT … FROM … WHERE … GROUP BY … ORDER BY ….",
        );
    }
    Ok(())
}

/// WHERE, with its equalities moved into the joins that are written without ON.
fn filtered(rows: Rows, conditions: Vec<Expr>, binder: &Binder<'_>) -> Rows {
    let (moved, kept): (Vec<Expr>, Vec<Expr>) = conditions
        .into_iter()
        .partition(|test| matches!(test.node, Node::Compare(Comparison::Equal, ..)) && !has_subquery(test));
    let mut kept = kept;
    let rows = absorb(rows, moved, &mut kept, binder);
    match Expr::all(kept) {
        Some(test) => Rows::Filter(Box::new(rows), test),
        None => rows,
    }
}

fn absorb(rows: Rows, equalities: Vec<Expr>, kept: &mut Vec<Expr>, binder: &Binder<'_>) -> Rows {
    match rows {
        Rows::Join(mut join) if join.how == JoinKind::Inner => {
            let (left, right) = (join.left.columns(), join.right.columns());
            let (mut to_left, mut to_right, mut here) = (Vec::new(), Vec::new(), Vec::new());
            for equality in equalities {
                let columns = equality.columns();
                if columns.is_subset(&left) {
                    to_left.push(equality);
                } else if columns.is_subset(&right) {
                    to_right.push(equality);
                } else {
                    here.push(equality);
                }
            }
            join.left = absorb(join.left, to_left, kept, binder);
            join.right = absorb(join.right, to_right, kept, binder);
            if join.keys.is_empty() {
                add_conditions(&mut join, here);
                binder.label(&mut join);
            } else {
                kept.extend(here);
            }
            Rows::Join(join)
        }
        other => {
            kept.extend(equalities);
            other
        }
    }
}
