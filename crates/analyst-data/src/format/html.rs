//! Tables in web pages, as banks and shops save them under the name of a workbook (`.xls`).
//!
//! Only the cells are taken: nothing is fetched, no script is looked at, no markup survives. A page without a table
//! is refused.

use analyst_types::{DataWarning, FileKind, ReadOptions};

use super::excel::sheet::{Position, SheetGrid};
use super::excel::tables;
use super::{FileFormat, Table};
use crate::DataError;
use crate::grid::Cell;
use crate::sniff::encoding;
use crate::source::{Source, Watch};

/// Tables in a web page.
pub(crate) struct Html;

const MAX_CELLS: usize = 20_000_000;
const MAX_SPAN: u32 = 1000;
const MAX_DEPTH: usize = 32;

impl FileFormat for Html {
    fn kind(&self) -> FileKind {
        FileKind::Excel
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        is_page(bytes)
    }

    fn read(&self, source: Source, options: &ReadOptions, cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        let file_name = source.file_name;
        let decoded = encoding::decode(source.bytes.into_vec(), options.encoding.as_deref())?;
        let mut found = Vec::new();
        for cells in Page::read(&decoded.text, cancel)? {
            let inner = ReadOptions { table: None, ..options.clone() };
            found.extend(tables::read_all(SheetGrid::of_cells(cells), "Table", &inner, false, cancel)?);
        }
        let n_tables = found.len();
        for (index, table) in found.iter_mut().enumerate() {
            table.sheet = (n_tables > 1).then(|| format!("Table {}", index + 1));
            table.format.sheet = None;
            table.format.table = (n_tables > 1).then(|| (index + 1).to_string());
            table.format.encoding = Some(decoded.encoding.clone());
        }
        if let Some(wanted) = &options.table {
            let index = wanted.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            found = match index.filter(|index| *index < n_tables) {
                Some(index) => vec![found.swap_remove(index)],
                None => {
                    let available = (1..=n_tables).map(|number| number.to_string()).collect();
                    return Err(DataError::NoSuchTableInFile { table: wanted.clone(), available });
                }
            };
        }
        let Some(first) = found.first_mut() else {
            return Err(DataError::WrongFormat {
                file: file_name,
                found: "a web page (HTML) without a table".to_owned(),
                advice: "Download the data again, perhaps after signing in: pages like this often say that one must."
                    .to_owned(),
            });
        };
        let message = "The file is a web page (HTML); its tables were read.".to_owned();
        first.warnings.splice(0..0, decoded.warnings.into_iter().chain([DataWarning::new("web_page", message)]));
        Ok(found)
    }
}

/// The file begins as a web page does.
pub(crate) fn is_page(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let begins = |tag: &[u8]| start.get(..tag.len()).is_some_and(|text| text.eq_ignore_ascii_case(tag));
    [b"<!doctype html".as_slice(), b"<html", b"<table", b"<head", b"<meta", b"<body"].into_iter().any(begins)
}

type Cells = Vec<(Position, Cell<'static>)>;

/// A table that is being read.
#[derive(Default)]
struct Open {
    cells: Cells,
    /// Row and column of the current cell; the row is counted from 1 while there is none.
    row: u32,
    column: u32,
    text: Option<String>,
    span: (u32, u32),
    /// For every column, how many further rows the cell above takes.
    held: Vec<u32>,
}

impl Open {
    fn begin_row(&mut self) {
        self.end_cell();
        self.row += 1;
        self.column = 0;
        self.held.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
    }

    fn begin_cell(&mut self, tag: &str) {
        self.end_cell();
        if self.row == 0 {
            self.row = 1;
        }
        while self.held.get(self.column as usize).is_some_and(|rows| *rows > 0) {
            self.column += 1;
        }
        let span = |name| attribute(tag, name).and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, MAX_SPAN);
        self.span = (span("rowspan"), span("colspan"));
        self.text = Some(String::new());
    }

    /// A cell over several rows says the same for each; one over several columns says it once.
    fn end_cell(&mut self) {
        let Some(text) = self.text.take() else { return };
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (rows, columns) = self.span;
        if !words.is_empty() {
            for row in self.row - 1..self.row - 1 + rows {
                self.cells.push(((row, self.column), Cell::Text(words.clone().into())));
            }
        }
        let end = (self.column + columns) as usize;
        if rows > 1 && end <= 16_384 {
            self.held.resize(self.held.len().max(end), 0);
            self.held[self.column as usize..end].fill(rows);
        }
        self.column += columns;
    }

    fn finish(mut self) -> Cells {
        self.end_cell();
        self.cells.sort_by_key(|(position, _)| *position);
        self.cells.dedup_by_key(|(position, _)| *position);
        self.cells
    }
}

/// Steps through the tags of a page.
struct Page;

impl Page {
    fn read(text: &str, cancel: &dyn Watch) -> Result<Vec<Cells>, DataError> {
        let mut done: Vec<Cells> = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        let mut rest = text;
        let mut n_cells = 0usize;
        while let Some(at) = rest.find('<') {
            if let Some(text) = open.last_mut().and_then(|table| table.text.as_mut()) {
                push_text(text, &rest[..at]);
            }
            rest = &rest[at..];
            let length = tag_length(rest);
            let tag = &rest[..length];
            rest = &rest[length..];
            let name = tag_name(tag);
            match name.as_str() {
                "script" | "style" => rest = after_end(rest, &name),
                "table" if open.len() < MAX_DEPTH => open.push(Open::default()),
                "/table" => done.extend(open.pop().map(Open::finish)),
                "tr" => open.last_mut().into_iter().for_each(Open::begin_row),
                "td" | "th" => {
                    n_cells += 1;
                    open.last_mut().into_iter().for_each(|table| table.begin_cell(tag));
                }
                "/td" | "/th" | "/tr" => open.last_mut().into_iter().for_each(Open::end_cell),
                "br" | "br/" | "p" | "/p" | "div" | "li" => {
                    let text = open.last_mut().and_then(|table| table.text.as_mut());
                    text.into_iter().for_each(|text| text.push(' '));
                }
                _ => {}
            }
            let n_held = open.last().map_or(0, |table| table.cells.len());
            if n_cells > MAX_CELLS || n_held > MAX_CELLS {
                return Err(DataError::TooLarge { what: "The table".into(), limit: "20 million cells".into() });
            }
            if n_cells.is_multiple_of(4096) && cancel.is_cancelled() {
                return Err(DataError::Cancelled);
            }
        }
        // A page that was cut short still shows what it has.
        if let Some(text) = open.last_mut().and_then(|table| table.text.as_mut()) {
            push_text(text, rest);
        }
        done.extend(open.into_iter().map(Open::finish));
        done.retain(|cells| !cells.is_empty());
        Ok(done)
    }
}

/// Bytes from `<` to the end of the tag or comment; a lone `<` is a letter.
fn tag_length(rest: &str) -> usize {
    if rest.starts_with("<!--") {
        return rest.find("-->").map_or(rest.len(), |at| at + 3);
    }
    let is_tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    if is_tag { rest.find('>').map_or(rest.len(), |at| at + 1) } else { 1 }
}

fn tag_name(tag: &str) -> String {
    let inner = tag.trim_start_matches('<').trim_end_matches('>');
    inner.split_whitespace().next().unwrap_or_default().to_ascii_lowercase()
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let at = tag.to_ascii_lowercase().find(&format!("{name}="))?;
    let value = tag.get(at + name.len() + 1..)?.trim_start_matches(['"', '\'']);
    Some(&value[..value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len())])
}

fn after_end<'t>(rest: &'t str, name: &str) -> &'t str {
    let end = format!("</{name}");
    let bytes = rest.as_bytes();
    let found = memchr::memmem::find_iter(bytes, b"</")
        .find(|&at| bytes[at..].get(..end.len()).is_some_and(|text| text.eq_ignore_ascii_case(end.as_bytes())));
    found.map_or("", |at| &rest[at..])
}

/// Text with its character references resolved.
fn push_text(out: &mut String, text: &str) {
    const LONGEST_REFERENCE: usize = 10;
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.char_indices().take(LONGEST_REFERENCE).find(|(_, c)| *c == ';').map(|(end, _)| end);
        match end.and_then(|end| Some((character(&rest[1..end])?, end))) {
            Some((letter, end)) => {
                out.push(letter);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    const NAMED: &[(&str, char)] = &[
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("euro", '€'),
        ("pound", '£'),
        ("auml", 'ä'),
        ("ouml", 'ö'),
        ("uuml", 'ü'),
        ("Auml", 'Ä'),
        ("Ouml", 'Ö'),
        ("Uuml", 'Ü'),
        ("szlig", 'ß'),
        ("eacute", 'é'),
        ("egrave", 'è'),
        ("ndash", '–'),
        ("mdash", '—'),
    ];
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter)
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;

    fn read(page: &str) -> Result<Vec<Table>, DataError> {
        let source = Source::unpacked("statement.xls", page.as_bytes().to_vec()).unwrap();
        Html.read(source, &ReadOptions::default(), &CancellationToken::new())
    }

    #[test]
    fn the_table_of_a_page_is_read_and_nothing_else() {
        let page = "<html><head><script>if (a<b) {'<table>'}</script></head><body>\
                    <table border=1><tr><th>Name &amp; co</th><th>Betrag</th></tr>\
                    <tr><td rowspan=2>A&#228;</td><td>1</td></tr><tr><td>2</td></tr>\
                    <tr><td><b>B</b><br>C</td><td>3</td></tr></table></body></html>";
        let tables = read(page).unwrap();
        assert_eq!(tables.len(), 1);
        let frame = &tables[0].frame;
        assert_eq!(frame.get_column_names(), ["Name & co", "Betrag"]);
        let names: Vec<_> = frame.columns()[0].str().unwrap().iter().flatten().collect();
        assert_eq!(names, ["Aä", "Aä", "B C"]);
        let amounts: Vec<_> = frame.columns()[1].i64().unwrap().iter().flatten().collect();
        assert_eq!(amounts, [1, 2, 3]);
        assert!(tables[0].warnings.iter().any(|warning| warning.code == "web_page"));
    }

    #[test]
    fn a_page_without_a_table_or_cut_short_does_no_harm() {
        assert!(matches!(read("<html><body>Please sign in"), Err(DataError::WrongFormat { .. })));
        let page = "<table><tr><td>a<td>b<tr><td>1<td>2<tr><td rowspan=999999999 colspan=99999999>3";
        for end in 0..page.len() {
            let _ = read(&format!("<html>{}", &page[..end]));
        }
        assert_eq!(read(page).unwrap()[0].frame.height(), 1001);
    }
}
