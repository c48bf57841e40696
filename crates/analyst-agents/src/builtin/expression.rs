//! Arithmetic over columns, as people write it: “units × unit price × (1 − discount)”, “price times quantity”,
//! “the ratio of profit to sales”.

use super::concept::Concept;
use super::linking::{Item, What};
use super::schema::Schema;

/// A computed quantity.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    /// A column.
    Column(String),
    /// A number.
    Number(f64),
    /// Two quantities joined by `+`, `-`, `*`, `/` or `^`.
    Binary(char, Box<Expr>, Box<Expr>),
    /// The opposite.
    Negative(Box<Expr>),
}

impl Expr {
    fn binary(op: char, left: Self, right: Self) -> Self {
        Self::Binary(op, Box::new(left), Box::new(right))
    }

    /// Names of the columns it uses, each once.
    pub(super) fn columns(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.collect(&mut names);
        names
    }

    fn collect<'a>(&'a self, names: &mut Vec<&'a str>) {
        match self {
            Self::Column(name) if !names.contains(&name.as_str()) => names.push(name),
            Self::Column(_) | Self::Number(_) => {}
            Self::Binary(_, left, right) => {
                left.collect(names);
                right.collect(names);
            }
            Self::Negative(inner) => inner.collect(names),
        }
    }

    /// Written with the given way of writing columns.
    pub(super) fn write(&self, column: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Column(name) => column(name),
            Self::Number(value) => format!("{value}"),
            Self::Negative(inner) => format!("-({})", inner.write(column)),
            Self::Binary(op, left, right) => {
                let side = |e: &Self, is_right: bool| {
                    let text = e.write(column);
                    if e.needs_brackets(*op, is_right) { format!("({text})") } else { text }
                };
                let sign = if *op == '^' { "**".to_owned() } else { op.to_string() };
                format!("{} {sign} {}", side(left, false), side(right, true))
            }
        }
    }

    fn needs_brackets(&self, parent: char, is_right: bool) -> bool {
        let Self::Binary(op, ..) = self else { return matches!(self, Self::Negative(_)) };
        match parent {
            '+' => false,
            '-' => is_right && "+-".contains(*op),
            '*' => "+-".contains(*op),
            '/' => is_right || "+-".contains(*op),
            _ => true,
        }
    }
}

/// An expression found in a question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// What is computed.
    pub(super) formula: Expr,
    /// Where it begins.
    pub(super) start: usize,
    /// Where it ends, exclusive.
    pub(super) end: usize,
}

/// The first expression with at least one operator and one column, from `from` on.
pub(super) fn find(items: &[Item], schema: &Schema, from: usize) -> Option<Found> {
    (from..items.len()).find_map(|start| {
        let mut reader = Reader { items, schema, at: start };
        let formula = reader.sum()?;
        let real = matches!(formula, Expr::Binary(..)) && !formula.columns().is_empty();
        real.then_some(Found { formula, start, end: reader.at })
    })
}

struct Reader<'a> {
    items: &'a [Item],
    schema: &'a Schema,
    at: usize,
}

impl Reader<'_> {
    fn sum(&mut self) -> Option<Expr> {
        let mut left = self.product()?;
        while let Some(op) = self.operator(&['+', '-']) {
            let mark = self.at;
            self.at += 1;
            let Some(right) = self.product() else {
                self.at = mark;
                break;
            };
            left = Expr::binary(op, left, right);
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Expr> {
        let mut left = self.primary()?;
        while let Some(op) = self.operator(&['*', '/', '^']) {
            let mark = self.at;
            self.at += 1;
            // `**` is a power.
            let op = if op == '*' && self.operator(&['*']).is_some() {
                self.at += 1;
                '^'
            } else {
                op
            };
            let Some(right) = self.primary() else {
                self.at = mark;
                break;
            };
            left = Expr::binary(op, left, right);
        }
        Some(left)
    }

    fn operator(&self, allowed: &[char]) -> Option<char> {
        let op = match &self.items.get(self.at)?.what {
            What::Symbol(symbol) => *symbol,
            What::Concept(Concept::Times) => '*',
            What::Concept(Concept::Plus) => '+',
            What::Concept(Concept::Minus) => '-',
            What::Concept(Concept::Divided) => '/',
            What::Word if self.items[self.at].text == "x" => '*',
            _ => return None,
        };
        allowed.contains(&op).then_some(op)
    }

    fn primary(&mut self) -> Option<Expr> {
        self.skip_articles();
        let item = self.items.get(self.at)?;
        match &item.what {
            What::Column(index) if self.schema.field(*index).is_numeric() => {
                self.at += 1;
                Some(Expr::Column(self.schema.field(*index).name.clone()))
            }
            What::Number(value) => {
                self.at += 1;
                let percent = self.items.get(self.at).is_some_and(|i| i.what == What::Symbol('%'));
                self.at += usize::from(percent);
                Some(Expr::Number(if percent { value / 100.0 } else { *value }))
            }
            What::Symbol('(') => self.bracketed(),
            What::Symbol('-') => {
                self.at += 1;
                Some(Expr::Negative(Box::new(self.primary()?)))
            }
            What::Concept(
                Concept::ProductOf
                | Concept::Adding
                | Concept::RatioOf
                | Concept::Sum
                | Concept::Differ
                | Concept::Subtract,
            ) => self.named_operation(),
            _ => None,
        }
    }

    fn bracketed(&mut self) -> Option<Expr> {
        self.at += 1;
        let inner = self.sum()?;
        let closed = self.items.get(self.at).is_some_and(|i| i.what == What::Symbol(')'));
        self.at += usize::from(closed);
        closed.then_some(inner)
    }

    /// “product of a and b”, “ratio of a to b”, “sum of a and b”, “difference between a and b”.
    fn named_operation(&mut self) -> Option<Expr> {
        let item = &self.items[self.at];
        let (op, joint): (char, &[Concept]) = match item.what {
            What::Concept(Concept::ProductOf) => ('*', &[Concept::And, Concept::Per]),
            What::Concept(Concept::Adding | Concept::Sum) => ('+', &[Concept::And]),
            What::Concept(Concept::RatioOf) => ('/', &[Concept::And, Concept::To, Concept::Per, Concept::Compare]),
            _ => ('-', &[Concept::And]),
        };
        self.at += 1;
        let mut left = self.operand()?;
        let mut joined = 0;
        loop {
            let mark = self.at;
            let comma = self.items.get(self.at).is_some_and(|i| i.what == What::Symbol(','));
            self.at += usize::from(comma);
            let word = self.items.get(self.at).is_some_and(|i| match &i.what {
                What::Concept(c) => joint.contains(c),
                _ => (op == '/' || op == '*') && (i.text == "by" || i.text == "with"),
            });
            self.at += usize::from(word);
            match if comma || word { self.operand() } else { None } {
                Some(right) => left = Expr::binary(op, left, right),
                None => {
                    self.at = mark;
                    break;
                }
            }
            joined += 1;
        }
        // “difference between two columns” also asks for comparisons: two operands at least.
        (joined > 0).then_some(left)
    }

    fn operand(&mut self) -> Option<Expr> {
        self.skip_articles();
        let filler =
            |i: &Item| matches!(i.text.as_str(), "of" | "between" | "the" | "columns" | "column" | "number of");
        while self.items.get(self.at).is_some_and(filler) {
            self.at += 1;
        }
        match &self.items.get(self.at)?.what {
            What::Column(_) | What::Symbol('(') | What::Number(_) => self.primary(),
            _ => None,
        }
    }

    fn skip_articles(&mut self) {
        while self.items.get(self.at).is_some_and(|i| matches!(i.text.as_str(), "the" | "a" | "an" | "its" | "their")) {
            self.at += 1;
        }
    }
}
