//! Curves with unknown parameters: “fit y = b1*(1-exp(-b2*x)) starting at b1=500, b2=0.0001”. Names that are columns
//! are data, other names are parameters; only arithmetic and a few functions are understood, so what is written into
//! the code is never the person's text itself.

use super::schema::Schema;
use super::tokens::squeeze;

/// A part of a formula.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Number(f64),
    Column(String),
    Parameter(String),
    Negative(Box<Term>),
    Binary(char, Box<Term>, Box<Term>),
    /// A function of numpy.
    Call(&'static str, Box<Term>),
}

/// A curve to fit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    /// The column on the left.
    pub(super) target: String,
    /// The right side.
    pub(super) formula: Term,
    /// Parameters in order of their names, with where the search starts.
    pub(super) parameters: Vec<(String, f64)>,
}

const FUNCTIONS: [(&str, &str); 11] = [
    ("exp", "exp"),
    ("log", "log"),
    ("ln", "log"),
    ("sqrt", "sqrt"),
    ("sin", "sin"),
    ("cos", "cos"),
    ("tan", "tan"),
    ("arctan", "arctan"),
    ("atan", "arctan"),
    ("tanh", "tanh"),
    ("abs", "abs"),
];

impl Term {
    /// As Python; columns are written by `column`.
    pub(super) fn write(&self, column: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Number(value) => format!("{value}"),
            Self::Column(name) => column(name),
            Self::Parameter(name) => name.clone(),
            Self::Negative(inner) => format!("-{}", inner.write_closed(column)),
            Self::Binary(op, left, right) => {
                let sign = if *op == '^' { "**".to_owned() } else { format!(" {op} ") };
                format!("{}{sign}{}", left.write_closed(column), right.write_closed(column))
            }
            Self::Call(name, inner) => format!("np.{name}({})", inner.write(column)),
        }
    }

    fn write_closed(&self, column: &dyn Fn(&str) -> String) -> String {
        let text = self.write(column);
        if matches!(self, Self::Binary(..) | Self::Negative(_)) { format!("({text})") } else { text }
    }

    fn walk(&self, visit: &mut dyn FnMut(&Self)) {
        visit(self);
        match self {
            Self::Negative(inner) | Self::Call(_, inner) => inner.walk(visit),
            Self::Binary(_, left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
            _ => {}
        }
    }

    /// Columns it uses, each once.
    pub(super) fn columns(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.walk(&mut |term| {
            if let Self::Column(name) = term
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        });
        names
    }
}

/// The first curve with at least one parameter and one column on its right side.
pub(super) fn find(question: &str, schema: &Schema) -> Option<Curve> {
    let lower = question.to_lowercase();
    let asked = ["fit", "curve", "model", "parameter"].iter().any(|word| lower.contains(word));
    if !asked {
        return None;
    }
    question.match_indices('=').find_map(|(at, _)| curve_at(question, at, schema))
}

fn curve_at(question: &str, equals: usize, schema: &Schema) -> Option<Curve> {
    let left = question[..equals].trim_end();
    let start = left
        .rfind(|c: char| !(c.is_alphanumeric() || c == '_'))
        .map_or(0, |i| i + left[i..].chars().next().map_or(1, char::len_utf8));
    let target = column_named(&left[start..], schema)?;
    let mut parser = Parser { rest: &question[equals + 1..], schema };
    let formula = parser.sum()?;
    let mut names = Vec::new();
    formula.walk(&mut |term| {
        if let Term::Parameter(name) = term
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    });
    if names.is_empty() || formula.columns().is_empty() {
        return None;
    }
    names.sort();
    let starts = parser.rest;
    let parameters = names.into_iter().map(|name| (name.clone(), start_of(starts, &name).unwrap_or(1.0))).collect();
    Some(Curve { target, formula, parameters })
}

/// `b1 = 500` after the formula.
fn start_of(text: &str, name: &str) -> Option<f64> {
    text.match_indices(name).find_map(|(at, _)| {
        let rest = text[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E')))
            .unwrap_or(rest.len());
        rest[..end].trim_end_matches('.').parse().ok()
    })
}

fn column_named(name: &str, schema: &Schema) -> Option<String> {
    let exact = schema.fields.iter().find(|f| f.name == name);
    exact
        .or_else(|| schema.fields.iter().find(|f| f.squeezed == squeeze(name)))
        .filter(|f| f.is_numeric())
        .map(|f| f.name.clone())
}

struct Parser<'a> {
    rest: &'a str,
    schema: &'a Schema,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn take(&mut self, allowed: &[char]) -> Option<char> {
        let c = self.peek().filter(|c| allowed.contains(c))?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn sum(&mut self) -> Option<Term> {
        let mut left = self.product()?;
        while let Some(op) = self.take(&['+', '-', '−']) {
            let op = if op == '−' { '-' } else { op };
            left = Term::Binary(op, Box::new(left), Box::new(self.product()?));
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Term> {
        let mut left = self.power()?;
        loop {
            self.peek();
            if self.rest.starts_with("**") {
                return Some(left);
            }
            let Some(op) = self.take(&['*', '/', '×', '·', '÷']) else { return Some(left) };
            let op = if matches!(op, '/' | '÷') { '/' } else { '*' };
            left = Term::Binary(op, Box::new(left), Box::new(self.power()?));
        }
    }

    fn power(&mut self) -> Option<Term> {
        if self.take(&['-', '−']).is_some() {
            return Some(Term::Negative(Box::new(self.power()?)));
        }
        let base = self.primary()?;
        self.peek();
        if let Some(rest) = self.rest.strip_prefix("**") {
            self.rest = rest;
        } else if self.take(&['^']).is_none() {
            return Some(base);
        }
        Some(Term::Binary('^', Box::new(base), Box::new(self.power()?)))
    }

    fn primary(&mut self) -> Option<Term> {
        if self.take(&['(', '[']).is_some() {
            let inner = self.sum()?;
            self.take(&[')', ']'])?;
            return Some(inner);
        }
        let first = self.peek()?;
        if first.is_ascii_digit() || first == '.' {
            let end = self.rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(self.rest.len());
            let value = self.rest[..end].trim_end_matches('.').parse().ok()?;
            self.rest = &self.rest[end..];
            return Some(Term::Number(value));
        }
        if !first.is_ascii_alphabetic() {
            return None;
        }
        let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
        let name = &self.rest[..end];
        self.rest = &self.rest[end..];
        self.named(name)
    }

    /// A function, a column, or a parameter: short, as `a`, `b1` or `beta`.
    fn named(&mut self, name: &str) -> Option<Term> {
        let function = FUNCTIONS.iter().find(|(known, _)| *known == name.to_lowercase());
        if let Some((_, numpy)) = function.filter(|_| self.rest.trim_start().starts_with(['(', '['])) {
            self.take(&['(', '['])?;
            let inner = self.sum()?;
            self.take(&[')', ']'])?;
            return Some(Term::Call(numpy, Box::new(inner)));
        }
        if let Some(column) = column_named(name, self.schema) {
            return Some(Term::Column(column));
        }
        if name == "pi" {
            return Some(Term::Number(std::f64::consts::PI));
        }
        let keyword = matches!(
            name,
            "if" | "in"
                | "is"
                | "or"
                | "and"
                | "not"
                | "for"
                | "as"
                | "def"
                | "del"
                | "try"
                | "with"
                | "data"
                | "df"
                | "np"
                | "pd"
                | "lambda"
        );
        (name.len() <= 6 && !keyword).then(|| Term::Parameter(name.to_owned()))
    }
}
