//! Which type a column has, decided over all its cells, and what a person should be told about that.
//!
//! A column is of a type only if every value is. One value that does not fit makes it text, with a warning that
//! names the lines; nothing is guessed away and nothing aborts.

use analyst_types::{ColumnType, DataWarning, Severity};

pub(crate) use super::conventions::{Conventions, Hints};
use super::date::DateOrder;
use super::number::{CURRENCIES, Group};
use super::tally::{Count, Tally};

/// What a column becomes, with the conventions its texts are read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Integer {
        decimal: u8,
    },
    Float {
        decimal: u8,
    },
    Date {
        order: DateOrder,
    },
    Datetime {
        order: DateOrder,
    },
    /// `20240131`; becomes integer when one value is no day.
    DigitsDate,
    Time,
    Duration,
    Text {
        among_codes: bool,
    },
}

/// A column's kind, and what to say about it.
pub(crate) struct Decision {
    /// What it becomes.
    pub kind: Kind,
    /// The decimal mark that its marks showed.
    pub decimal_used: Option<u8>,
    /// The thousands marks it has.
    pub groups_used: Vec<Group>,
    /// What to say.
    pub warnings: Vec<DataWarning>,
}

/// Decides for the column `name`, unless a person did.
pub(crate) fn decide_told(name: &str, tally: &Tally, conventions: &Conventions, hints: Hints<'_>) -> Decision {
    let Some(told) = hints.types.and_then(|types| types.get(name)) else { return decide(name, tally, conventions) };
    let mut warnings = Vec::new();
    let decimal = decimal_of(tally, conventions);
    let kind = match told {
        ColumnType::Boolean => Kind::Boolean,
        ColumnType::Integer => Kind::Integer { decimal },
        ColumnType::Float | ColumnType::Decimal => Kind::Float { decimal },
        ColumnType::Date if tally.whole.n > 0 && tally.dates() == 0 => Kind::DigitsDate,
        ColumnType::Date => Kind::Date { order: date_order(name, tally, conventions, &mut warnings) },
        ColumnType::Datetime => Kind::Datetime { order: date_order(name, tally, conventions, &mut warnings) },
        ColumnType::Time => Kind::Time,
        ColumnType::Duration => Kind::Duration,
        ColumnType::Text | ColumnType::Categorical => Kind::Text { among_codes: true },
    };
    with_marks(kind, tally, warnings)
}

/// Decides for the column `name`.
pub(crate) fn decide(name: &str, tally: &Tally, conventions: &Conventions) -> Decision {
    let mut warnings = Vec::new();
    let kind = decide_kind(name, tally, conventions, &mut warnings);
    if matches!(kind, Kind::Text { .. }) && warnings.is_empty() {
        warnings.extend(mixed(name, tally));
    }
    if conventions.declares_types && tally.declared == 0 && matches!(kind, Kind::Integer { .. } | Kind::Float { .. }) {
        let message = format!("{name:?} holds numbers stored as text; they are read as numbers.");
        warnings.push(info("numbers_as_text", message, name));
    }
    with_marks(kind, tally, warnings)
}

fn with_marks(kind: Kind, tally: &Tally, warnings: Vec<DataWarning>) -> Decision {
    let mut decision = Decision { kind, decimal_used: None, groups_used: Vec::new(), warnings };
    let (Kind::Integer { decimal } | Kind::Float { decimal }) = kind else { return decision };
    let has_marks = tally.point.n + tally.comma.n + tally.ambiguous_point.n + tally.ambiguous_comma.n > 0;
    decision.decimal_used = has_marks.then_some(decimal);
    let kinds = [Group::Comma, Group::Dot, Group::Space, Group::Apostrophe];
    let is_open = |group: Group| match group {
        Group::Comma => decimal == b'.' && tally.ambiguous_comma.n > 0,
        Group::Dot => decimal == b',' && tally.ambiguous_point.n > 0,
        _ => false,
    };
    decision.groups_used = kinds
        .into_iter()
        .enumerate()
        .filter(|&(at, group)| tally.groups[at] > 0 || is_open(group))
        .map(|(_, group)| group)
        .collect();
    decision
}

/// What to say of cells that do not fit the type a person named.
pub(crate) fn unfit(name: &str, count: &Count) -> DataWarning {
    let message = format!(
        "{name:?}: {} cells such as {:?} do not fit the type you chose and are missing.",
        count.n, count.example
    );
    DataWarning {
        count: Some(count.n),
        fix: Some("Correct the cells in the file, or choose another type.".to_owned()),
        ..warning("unfit_cells", message, name, &count.lines)
    }
}

fn decide_kind(name: &str, tally: &Tally, conventions: &Conventions, warnings: &mut Vec<DataWarning>) -> Kind {
    let text = Kind::Text { among_codes: tally.codes * 10 >= tally.text.n * 9 && tally.codes > 1 };
    let values = tally.values();
    if values == 0 {
        return text;
    }
    if tally.numbers() == values {
        return number_kind(name, tally, conventions, warnings).unwrap_or(text);
    }
    if tally.dates() == values {
        return date_kind(name, tally, conventions, warnings).unwrap_or(text);
    }
    match values {
        n if n == tally.bools.n => Kind::Boolean,
        n if n == tally.text.n && tally.words.are_pair() => Kind::Boolean,
        n if n == tally.times.n => Kind::Time,
        n if n == tally.durations.n + tally.times.n => Kind::Duration,
        _ => text,
    }
}

fn number_kind(name: &str, tally: &Tally, conventions: &Conventions, warnings: &mut Vec<DataWarning>) -> Option<Kind> {
    let numbers = tally.numbers();
    let mut stays_text = |code: &str, why: String, count: &Count| {
        let is_harmless = matches!(code, "leading_zeros" | "identifier" | "big_integers");
        warnings.push(DataWarning {
            severity: if is_harmless { Severity::Info } else { Severity::Warning },
            count: Some(count.n),
            fix: Some(if is_harmless { FIX_TYPE_NUMBER.to_owned() } else { FIX_CELLS.to_owned() }),
            ..warning(code, format!("{name:?} stays text: {why}"), name, &count.lines)
        });
        None
    };
    if tally.leading_zero.n > 0 {
        let why = format!("{} of its values have leading zeros, as identifiers do.", tally.leading_zero.n);
        return stays_text("leading_zeros", why, &tally.leading_zero);
    }
    if names_an_identifier(name) && tally.whole.n == numbers && tally.int_range.is_some_and(|(low, _)| low >= 10_000) {
        return stays_text("identifier", "its name says that its numbers only tell things apart.".into(), &tally.whole);
    }
    if tally.telephone.n > 0 {
        return stays_text("identifier", "its values look like telephone numbers.".into(), &tally.telephone);
    }
    if tally.overflow.n > 0 {
        let why = format!("{} of its numbers are too large to calculate with.", tally.overflow.n);
        return stays_text("number_overflow", why, &tally.overflow);
    }
    if tally.currencies.len() > 1 {
        let signs: Vec<&str> = tally.currencies.iter().map(|&index| CURRENCIES[usize::from(index)]).collect();
        let why = format!("it mixes currencies ({}), which must not be added up.", signs.join(", "));
        return stays_text("mixed_currencies", why, &tally.currency);
    }
    if tally.percent.n > 0 && tally.percent.n < numbers {
        let why = format!("{} of its {numbers} numbers are percentages, the others are not.", tally.percent.n);
        return stays_text("mixed_types", why, &tally.percent);
    }
    if let (true, Some(told)) = (conventions.is_decimal_told, conventions.decimal) {
        let other = if told == b',' { &tally.point } else { &tally.comma };
        if other.n > 0 {
            let why = format!("{} of its {numbers} values are no numbers with the decimal mark you chose.", other.n);
            return stays_text("mixed_types", why, other);
        }
    }
    if let Some(count) = other_groups(tally, conventions) {
        let why = format!("{} of its {numbers} values are no numbers with the thousands mark you chose.", count.n);
        return stays_text("mixed_types", why, count);
    }
    if tally.point.n > 0 && tally.comma.n > 0 {
        let rarer = if tally.point.n < tally.comma.n { &tally.point } else { &tally.comma };
        let why = format!("{} of its {numbers} numbers use another decimal mark than the others.", rarer.n);
        return stays_text("mixed_types", why, rarer);
    }
    let decimal = decimal_of(tally, conventions);
    let ambiguous_decimals = if decimal == b',' { &tally.ambiguous_comma } else { &tally.ambiguous_point };
    let is_whole = tally.real.n + tally.fractions + ambiguous_decimals.n + tally.percent.n == 0;
    if is_whole && tally.big.n > 0 {
        let why =
            format!("{} of its whole numbers have more than 18 digits, which a number would not keep.", tally.big.n);
        return stays_text("big_integers", why, &tally.big);
    }
    tell_number_reading(name, tally, conventions, decimal, warnings);
    if !is_whole {
        return Some(Kind::Float { decimal });
    }
    let all_days =
        tally.whole.n == numbers && tally.int_range.is_some_and(|(low, high)| low >= 19_000_101 && high <= 20_991_231);
    Some(if all_days && names_a_day(name) { Kind::DigitsDate } else { Kind::Integer { decimal } })
}

const FIX_TYPE_NUMBER: &str = "To calculate with them all the same, give the column a number type.";
const FIX_CELLS: &str =
    "Correct the cells in the file, or give the column a type: cells that do not fit become missing.";

/// Words in the names of columns whose digits are no quantity.
const IDENTIFIERS: &[&str] = &[
    "phone",
    "telephone",
    "telefon",
    "telefono",
    "téléphone",
    "tel",
    "mobile",
    "handy",
    "fax",
    "zip",
    "zipcode",
    "postcode",
    "plz",
    "postleitzahl",
    "iban",
    "ssn",
    "isbn",
    "ean",
    "gtin",
    "upc",
    "cep",
    "cpf",
    "cnpj",
    "kontonummer",
    "kundennummer",
    "artikelnummer",
    "materialnummer",
    "電話番号",
    "郵便番号",
    "телефон",
    "индекс",
    "инн",
];

fn names_an_identifier(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|part| IDENTIFIERS.contains(&part))
        || ["postal code", "post code", "zip code", "code postal", "pin code", "account number", "card number"]
            .iter()
            .any(|words| lower.contains(words))
}

/// Numbers that are grouped by another mark than the one a person named.
fn other_groups<'t>(tally: &'t Tally, conventions: &Conventions) -> Option<&'t Count> {
    let told = conventions.thousands_told?;
    let decimal = decimal_of(tally, conventions);
    let kinds = [Group::Comma, Group::Dot, Group::Space, Group::Apostrophe];
    let other = kinds.into_iter().enumerate().find(|&(at, group)| group != told && tally.groups[at] > 0);
    if let Some((_, group)) = other {
        return Some(match group {
            Group::Comma => &tally.point,
            Group::Dot => &tally.comma,
            _ if tally.whole.n > 0 => &tally.whole,
            _ if decimal == b',' => &tally.comma,
            _ => &tally.point,
        });
    }
    let open =
        if decimal == b',' { (&tally.ambiguous_point, Group::Dot) } else { (&tally.ambiguous_comma, Group::Comma) };
    (open.0.n > 0 && told != open.1).then_some(open.0)
}

fn decimal_of(tally: &Tally, conventions: &Conventions) -> u8 {
    match (tally.point.n, tally.comma.n) {
        (0, 0) if conventions.decimal.is_none() => grouping_shown(tally).unwrap_or(conventions.decimal_if_open),
        (0, 0) => conventions.decimal_if_open,
        (0, _) => b',',
        (_, 0) => b'.',
        _ => conventions.decimal_if_open,
    }
}

/// `999` beside `1.234` and nothing above 999 without a mark: the mark groups thousands, so the other is the decimal one.
fn grouping_shown(tally: &Tally) -> Option<u8> {
    const FIRST_GROUPED: i64 = 1000;
    let (low, high) = tally.int_range?;
    if low <= -FIRST_GROUPED || high >= FIRST_GROUPED {
        return None;
    }
    match (tally.ambiguous_point.n, tally.ambiguous_comma.n) {
        (0, 0) => None,
        (_, 0) => Some(b','),
        (0, _) => Some(b'.'),
        _ => None,
    }
}

fn tell_number_reading(
    name: &str,
    tally: &Tally,
    conventions: &Conventions,
    decimal: u8,
    warnings: &mut Vec<DataWarning>,
) {
    if tally.percent.n > 0 {
        let message = format!("{name:?} holds percentages; they are read as fractions, so 5% is 0.05.");
        warnings.push(DataWarning { count: Some(tally.percent.n), ..info("percent_values", message, name) });
    }
    if let [currency] = tally.currencies[..] {
        let message =
            format!("{name:?} is in {}; the sign is left out of the numbers.", CURRENCIES[usize::from(currency)]);
        warnings.push(DataWarning { count: Some(tally.currency.n), ..info("currency", message, name) });
    }
    let is_open = tally.point.n + tally.comma.n == 0 && conventions.decimal.is_none();
    // `1.234` between commas read as 1.234 is what everybody expects; every other reading is told.
    let count = if tally.ambiguous_comma.n > 0 { &tally.ambiguous_comma } else { &tally.ambiguous_point };
    let is_expected = tally.ambiguous_comma.n == 0 && decimal == b'.' && !conventions.comma_is_free;
    if is_open && count.n > 0 && !is_expected {
        let is_decimal = (tally.ambiguous_comma.n > 0) == (decimal == b',');
        let reading = if is_decimal { "a decimal number" } else { "a whole number with thousands marks" };
        let message =
            format!("{name:?}: {:?} is read as {reading}; its mark could also be the other one.", count.example);
        let other = if decimal == b',' { '.' } else { ',' };
        warnings.push(DataWarning {
            severity: Severity::Question,
            count: Some(count.n),
            fix: Some(format!("Say --decimal {other} if that is wrong.")),
            ..warning("ambiguous_numbers", message, name, &count.lines)
        });
    }
}

fn names_a_day(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["date", "datum", "day", "tag", "fecha", "data", "dt", "ymd"].iter().any(|word| {
        lower.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word)
            || (word.len() > 3 && lower.ends_with(word))
    })
}

fn date_kind(name: &str, tally: &Tally, conventions: &Conventions, warnings: &mut Vec<DataWarning>) -> Option<Kind> {
    if tally.only_dmy.n > 0 && tally.only_mdy.n > 0 {
        let rarer = if tally.only_dmy.n < tally.only_mdy.n { &tally.only_dmy } else { &tally.only_mdy };
        let message = format!(
            "{name:?} stays text: {} of its {} dates are in another order of day and month than the others.",
            rarer.n,
            tally.dates()
        );
        warnings.push(DataWarning {
            count: Some(rarer.n),
            fix: Some(FIX_CELLS.to_owned()),
            ..warning("mixed_types", message, name, &rarer.lines)
        });
        return None;
    }
    if let Some(against) = against_told_order(tally, conventions) {
        let message = format!(
            "{name:?} stays text: {} of its {} values are no dates in the order you chose.",
            against.n,
            tally.dates()
        );
        warnings.push(DataWarning {
            count: Some(against.n),
            fix: Some("Leave the order out, or choose another one.".to_owned()),
            ..warning("mixed_types", message, name, &against.lines)
        });
        return None;
    }
    let order = date_order(name, tally, conventions, warnings);
    if tally.with_offset > 0 {
        let message = format!("{name:?}: moments with a time zone are read as UTC.");
        warnings.push(DataWarning { count: Some(tally.with_offset), ..info("time_zone", message, name) });
    }
    Some(if tally.with_time > 0 { Kind::Datetime { order } } else { Kind::Date { order } })
}

/// Dates that are none in the order a person named.
fn against_told_order<'t>(tally: &'t Tally, conventions: &Conventions) -> Option<&'t Count> {
    let all = [&tally.only_dmy, &tally.only_mdy, &tally.either_order, &tally.same_order];
    let against: &[&Count] = match conventions.date_order_told? {
        DateOrder::Dmy => &all[1..2],
        DateOrder::Mdy => &all[..1],
        DateOrder::Ymd => &all,
    };
    against.iter().copied().find(|count| count.n > 0)
}

fn date_order(name: &str, tally: &Tally, conventions: &Conventions, warnings: &mut Vec<DataWarning>) -> DateOrder {
    if tally.only_dmy.n > 0 {
        return DateOrder::Dmy;
    }
    if tally.only_mdy.n > 0 {
        return DateOrder::Mdy;
    }
    if let Some(told @ (DateOrder::Dmy | DateOrder::Mdy)) = conventions.date_order_told {
        return told;
    }
    // Nobody writes the month first with dots.
    if tally.separators[0] > 0 && tally.separators[1] + tally.separators[2] == 0 {
        return DateOrder::Dmy;
    }
    if tally.either_order.n == 0 {
        return if tally.same_order.n > 0 { DateOrder::Dmy } else { DateOrder::Ymd };
    }
    let order = likely_order(tally, conventions);
    let reading = if order == DateOrder::Dmy { "day, month, year" } else { "month, day, year" };
    let message = format!(
        "{name:?}: dates such as {:?} can be read in two ways; they are read as {reading}.",
        tally.either_order.example
    );
    let (other, first) = if order == DateOrder::Dmy { ("mdy", "month") } else { ("dmy", "day") };
    warnings.push(DataWarning {
        severity: Severity::Question,
        count: Some(tally.either_order.n),
        fix: Some(format!("Say --date-order {other} if the first number is the {first}.")),
        ..warning("ambiguous_dates", message, name, &tally.either_order.lines)
    });
    order
}

/// The order when no date of the column is decisive: by what makes the column rise, by other columns, by the
/// separator's custom.
fn likely_order(tally: &Tally, conventions: &Conventions) -> DateOrder {
    let pairs = (tally.either_order.n + tally.same_order.n).saturating_sub(1);
    let [dmy, mdy] = tally.rising;
    if pairs >= 2 && dmy == pairs && mdy < pairs {
        return DateOrder::Dmy;
    }
    if pairs >= 2 && mdy == pairs && dmy < pairs {
        return DateOrder::Mdy;
    }
    match conventions.date_order {
        Some(order @ (DateOrder::Dmy | DateOrder::Mdy)) => order,
        _ if conventions.decimal == Some(b',') || tally.separators[1] == 0 => DateOrder::Dmy,
        _ => DateOrder::Mdy,
    }
}

/// A column that is nearly of a type, but not quite.
fn mixed(name: &str, tally: &Tally) -> Option<DataWarning> {
    let values = tally.values();
    let kinds = [
        ("numbers", tally.numbers()),
        ("dates", tally.dates()),
        ("true or false", tally.bools.n),
        ("times", tally.times.n + tally.durations.n),
    ];
    let (kind, main) = kinds.into_iter().max_by_key(|(_, n)| *n)?;
    if main == 0 || main == values || main * 2 <= values {
        return None;
    }
    let others = [&tally.text, &tally.bools, &tally.times, &tally.known_dates, &tally.only_dmy, &tally.either_order];
    let odd = others.into_iter().filter(|count| count.n > 0 && count.n + main <= values).max_by_key(|count| count.n);
    let odd = odd.cloned().unwrap_or_else(|| tally.whole.clone());
    let example = if odd.example.is_empty() { String::new() } else { format!(", such as {:?}", odd.example) };
    let message = format!("{name:?} stays text: {} of its {values} values are not {kind}{example}.", values - main);
    Some(DataWarning {
        count: Some(values - main),
        fix: Some(FIX_CELLS.to_owned()),
        ..warning("mixed_types", message, name, &odd.lines)
    })
}

/// A warning about one column that is only told.
fn info(code: &str, message: String, column: &str) -> DataWarning {
    DataWarning { severity: Severity::Info, ..warning(code, message, column, &[]) }
}

/// A warning about one column.
pub(crate) fn warning(code: &str, message: String, column: &str, rows: &[u64]) -> DataWarning {
    DataWarning {
        code: code.into(),
        message,
        columns: vec![column.to_owned()],
        rows: rows.to_vec(),
        ..DataWarning::default()
    }
}
