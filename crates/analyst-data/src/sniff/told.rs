//! What a person said about a file, checked before anything is read: a wrong word is refused with the right ones.

use std::collections::BTreeMap;

use analyst_types::{ColumnType, RaggedRows, ReadOptions};

use crate::DataError;
use crate::infer::date::DateOrder;
use crate::infer::decision::Hints;
use crate::infer::number::Group;
use crate::layout::LayoutHints;

/// What separates fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Separator {
    /// One byte, which the tokenizer splits at.
    Sign(u8),
    /// Several signs, or one beyond ASCII.
    Text(String),
    /// Nothing: columns begin at these characters, counted from 0; empty when they are to be found.
    Fixed(Vec<u32>),
}

/// The checked options.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told<'o> {
    /// Between fields.
    pub separator: Option<Separator>,
    /// Around fields; zero when quotes mean nothing.
    pub quote: Option<u8>,
    /// What starts a comment; empty when nothing does.
    pub comment: Option<&'o str>,
    /// Which of several tables, counted from 1.
    pub table: Option<usize>,
    /// Line of the column names; 0 when there are none.
    pub header_row: Option<u32>,
    /// Decimal mark.
    pub decimal: Option<u8>,
    /// Thousands mark.
    pub thousands: Option<Group>,
    /// Order of day, month and year.
    pub date_order: Option<DateOrder>,
    /// Totals stay.
    pub keep_totals: bool,
    /// What becomes of ragged rows.
    pub ragged: Option<RaggedRows>,
    /// Types by column name.
    pub types: Option<&'o BTreeMap<String, ColumnType>>,
}

impl<'o> Told<'o> {
    /// Checks what was said. The encoding is checked where it is used.
    pub fn of(options: &'o ReadOptions) -> Result<Self, DataError> {
        let decimal = options.decimal.as_deref().map(decimal_named).transpose()?;
        let thousands = options.thousands.as_deref().map(thousands_named).transpose()?;
        let same = matches!((decimal, thousands), (Some(b'.'), Some(Group::Dot)) | (Some(b','), Some(Group::Comma)));
        if same {
            return Err(refuse("The decimal mark and the thousands mark are the same. Name two different ones."));
        }
        // Who groups by one of the two marks writes decimals with the other.
        let decimal = decimal.or(match thousands {
            Some(Group::Dot) => Some(b','),
            Some(Group::Comma | Group::Apostrophe) => Some(b'.'),
            _ => None,
        });
        Ok(Self {
            separator: options.delimiter.as_deref().map(separator_named).transpose()?,
            quote: options.quote.as_deref().map(quote_named).transpose()?,
            comment: options.comment.as_deref().map(comment_named).transpose()?,
            table: options.table.as_deref().map(table_named).transpose()?,
            header_row: options.header_row,
            decimal,
            thousands,
            date_order: options.date_order.as_deref().map(order_named).transpose()?,
            keep_totals: options.keep_totals.unwrap_or(false),
            ragged: options.ragged,
            types: (!options.types.is_empty()).then_some(&options.types),
        })
    }

    /// For the layout.
    pub fn layout_hints(&self) -> LayoutHints<'_> {
        LayoutHints {
            header_row: self.header_row,
            decimal: self.decimal,
            table: self.table,
            comment: self.comment,
            keep_totals: self.keep_totals,
            ragged: self.ragged,
        }
    }

    /// For the types.
    pub fn hints(&self, comma_is_free: bool) -> Hints<'_> {
        Hints {
            decimal: self.decimal,
            comma_is_free,
            declares_types: false,
            thousands: self.thousands,
            date_order: self.date_order,
            types: self.types,
        }
    }

    /// Refuses a type for a column that no table has.
    pub fn check_types<'n>(&self, names: impl Iterator<Item = &'n str> + Clone) -> Result<(), DataError> {
        let Some(types) = self.types else { return Ok(()) };
        match types.keys().find(|wanted| !names.clone().any(|name| name == wanted.as_str())) {
            None => Ok(()),
            Some(wanted) => {
                let available: Vec<&str> = names.take(50).collect();
                Err(refuse(format!(
                    "There is no column {wanted:?} to give a type to. The columns are: {}.",
                    available.join(", ")
                )))
            }
        }
    }
}

fn refuse(message: impl Into<String>) -> DataError {
    DataError::BadOption { message: message.into() }
}

fn separator_named(name: &str) -> Result<Separator, DataError> {
    let lower = name.to_ascii_lowercase();
    if let Some(starts) = lower.strip_prefix("fixed") {
        return column_starts(starts.trim_start_matches(':')).map(Separator::Fixed);
    }
    let sign = match lower.as_str() {
        "\\t" | "tab" | "\t" => b'\t',
        "comma" => b',',
        "semicolon" => b';',
        "pipe" => b'|',
        "space" => b' ',
        "colon" => b':',
        _ => match name.as_bytes() {
            [byte] => *byte,
            _ => return separator_text(name),
        },
    };
    if sign.is_ascii_alphanumeric() || matches!(sign, b'"' | b'\n' | b'\r' | b'.' | b'-' | b'+' | 0) {
        return Err(no_delimiter(name));
    }
    Ok(Separator::Sign(sign))
}

fn separator_text(name: &str) -> Result<Separator, DataError> {
    const LONGEST: usize = 8;
    let text = name.replace("\\t", "\t");
    let is_sound = !text.is_empty()
        && text.len() <= LONGEST
        && !text.contains(|c: char| c.is_alphanumeric() || matches!(c, '"' | '\n' | '\r' | '\0'));
    if is_sound { Ok(Separator::Text(text)) } else { Err(no_delimiter(name)) }
}

fn no_delimiter(name: &str) -> DataError {
    refuse(format!(
        "{name:?} cannot be a delimiter. Use a sign such as , ; | or tab, or `fixed` for columns of fixed width."
    ))
}

fn column_starts(list: &str) -> Result<Vec<u32>, DataError> {
    let wrong = || refuse("Columns of fixed width are told as `fixed` or `fixed:0,10,25`: where each begins, rising.");
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let starts: Vec<u32> =
        list.split(',').map(|start| start.trim().parse()).collect::<Result<_, _>>().map_err(|_| wrong())?;
    if starts.windows(2).all(|pair| pair[0] < pair[1]) { Ok(starts) } else { Err(wrong()) }
}

fn quote_named(name: &str) -> Result<u8, DataError> {
    match name {
        "\"" | "double" => Ok(b'"'),
        "'" | "single" => Ok(b'\''),
        "" | "none" => Ok(0),
        _ => Err(refuse(format!(
            "{name:?} cannot be a quote. Use \" or ', or leave it empty when fields are not quoted."
        ))),
    }
}

fn comment_named(name: &str) -> Result<&str, DataError> {
    const LONGEST: usize = 4;
    let is_sound =
        name.len() <= LONGEST && !name.contains(|c: char| c.is_alphanumeric() || c.is_whitespace() || c == '"');
    if is_sound {
        Ok(name)
    } else {
        Err(refuse(format!("{name:?} cannot start a comment. Use a sign such as # or //, or leave it empty.")))
    }
}

fn table_named(name: &str) -> Result<usize, DataError> {
    match name.trim().parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(refuse(format!("{name:?} is no table of this file. Its tables are numbered from 1."))),
    }
}

fn decimal_named(name: &str) -> Result<u8, DataError> {
    match name {
        "." | "," => Ok(name.as_bytes()[0]),
        _ => Err(refuse(format!("{name:?} cannot be a decimal mark. Use . or ,"))),
    }
}

fn thousands_named(name: &str) -> Result<Group, DataError> {
    match name {
        "" | "none" => Ok(Group::None),
        "," => Ok(Group::Comma),
        "." => Ok(Group::Dot),
        " " | "space" | "\u{a0}" | "\u{202f}" => Ok(Group::Space),
        "'" | "’" => Ok(Group::Apostrophe),
        _ => Err(refuse(format!("{name:?} cannot be a thousands mark. Use , . ' or a space, or leave it empty."))),
    }
}

fn order_named(name: &str) -> Result<DateOrder, DataError> {
    match name.to_ascii_lowercase().as_str() {
        "dmy" => Ok(DateOrder::Dmy),
        "mdy" => Ok(DateOrder::Mdy),
        "ymd" => Ok(DateOrder::Ymd),
        _ => Err(refuse(format!("{name:?} is no order of a date. Use dmy, mdy or ymd."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(change: impl FnOnce(&mut ReadOptions)) -> ReadOptions {
        let mut options = ReadOptions::default();
        change(&mut options);
        options
    }

    #[test]
    fn separators_have_names_signs_and_places() {
        let told = |name: &str| Told::of(&options(|o| o.delimiter = Some(name.into()))).map(|told| told.separator);
        assert_eq!(told("tab").unwrap(), Some(Separator::Sign(b'\t')));
        assert_eq!(told("||").unwrap(), Some(Separator::Text("||".into())));
        assert_eq!(told("fixed:0,5").unwrap(), Some(Separator::Fixed(vec![0, 5])));
        assert_eq!(told("fixed").unwrap(), Some(Separator::Fixed(Vec::new())));
        for wrong in ["ab", "", "5", "\"", "fixed:5,1", "fixed:x"] {
            assert!(told(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_wrong_word_is_refused_with_advice() {
        let wrong: [fn(&mut ReadOptions); 8] = [
            |o| o.quote = Some("x".into()),
            |o| o.comment = Some("rem".into()),
            |o| o.table = Some("0".into()),
            |o| o.decimal = Some(";".into()),
            |o| o.thousands = Some("x".into()),
            |o| o.date_order = Some("dym".into()),
            |o| (o.decimal, o.thousands) = (Some(".".into()), Some(".".into())),
            |o| o.table = Some("first".into()),
        ];
        for change in wrong {
            let options = options(change);
            let message = Told::of(&options).unwrap_err().to_string();
            assert!(message.len() > 20, "{message}");
        }
    }

    #[test]
    fn a_thousands_mark_tells_the_decimal_mark() {
        let dot = options(|o| o.thousands = Some(".".into()));
        assert_eq!(Told::of(&dot).unwrap().decimal, Some(b','));
    }
}
