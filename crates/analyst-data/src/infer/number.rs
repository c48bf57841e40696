//! Numbers as people write them: `1,234.50`, `1.234,50`, `$5`, `(56.10)`, `5 %`, `-3`, `1e5`.
//!
//! [`scan`] says what the punctuation of one text allows; which mark is the decimal one is decided over a whole
//! column, because `1.234` alone can mean two things.

/// What a text that looks like a number says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// What its punctuation means.
    pub marks: Marks,
    /// Ends with `%`.
    pub percent: bool,
    /// The currency sign or code it carries, as an index into [`CURRENCIES`].
    pub currency: Option<u8>,
    /// `007`: digits that a number would lose.
    pub leading_zero: bool,
    /// `+49 …`: a plus and many digits, as in telephone numbers.
    pub telephone: bool,
    negative: bool,
    body: (u32, u32),
}

/// What the marks in a number mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marks {
    /// Digits only.
    Whole,
    /// Has an exponent or a decimal mark that cannot be anything else.
    Decimal(Option<u8>, Group),
    /// Whole, with thousands marks that cannot be anything else.
    Grouped(Group),
    /// One mark before exactly three digits: decimal or thousands.
    Ambiguous(u8),
}

/// The thousands marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    None,
    Comma,
    Dot,
    Space,
    Apostrophe,
}

impl Group {
    /// How a [`analyst_types::Format`] names it.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Comma => Some(","),
            Self::Dot => Some("."),
            Self::Space => Some(" "),
            Self::Apostrophe => Some("'"),
        }
    }
}

/// A number that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Int(i64),
    Float(f64),
    /// Whole, but beyond `i64`.
    TooBig,
    /// Beyond `f64`: 1e400.
    Overflow,
}

/// Signs and codes before or after an amount.
pub(crate) const CURRENCIES: &[&str] = &[
    "$", "€", "£", "¥", "₹", "₽", "₩", "₺", "₴", "₪", "฿", "₫", "R$", "US$", "A$", "C$", "USD", "EUR", "GBP", "CHF",
    "JPY", "CNY", "INR", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "BRL", "MXN", "zł", "kr", "Kč", "Rs.",
    "Rs", "NZ$", "HK$", "S$", "NZD", "HKD", "SGD", "ZAR", "TRY", "RUB", "KRW", "THB", "RON", "UAH", "ILS", "AED",
    "SAR", "VND", "IDR", "Ft", "руб.", "руб", "р.", "₸", "₦", "₱", "円", "元", "원", "￥", "Fr.", "SFr.", "lei", "лв.",
];

const LONGEST_NUMBER: usize = 64;
const TELEPHONE_DIGITS: usize = 9;

/// Reads the punctuation of `text`, which must be trimmed. `None` when it is no number in any convention.
pub(crate) fn scan(text: &str) -> Option<Shape> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > LONGEST_NUMBER {
        return None;
    }
    let mut shape = Shape {
        marks: Marks::Whole,
        percent: false,
        currency: None,
        leading_zero: false,
        telephone: false,
        negative: false,
        body: (0, bytes.len() as u32),
    };
    // The common cases, digits with at most one sign and one point, must not pay for the rest.
    match simple(bytes) {
        Simple::No => {}
        Simple::Never => return None,
        Simple::Whole { negative } => {
            let start = usize::from(negative);
            shape.negative = negative;
            shape.body.0 = start as u32;
            shape.leading_zero = bytes.len() - start > 1 && bytes[start] == b'0';
            return Some(shape);
        }
        Simple::Point { negative, before, after } => {
            let start = usize::from(negative);
            shape.negative = negative;
            shape.body.0 = start as u32;
            let lengths = [before, after];
            shape.marks = marks_of(&lengths, b".", false, bytes[start] == b'0')?;
            return Some(shape);
        }
    }
    let plus = strip_affixes(text, &mut shape)?;
    let body = &bytes[shape.body.0 as usize..shape.body.1 as usize];
    shape.marks = scan_marks(body)?;
    let n_digits = body.iter().filter(|b| b.is_ascii_digit()).count();
    shape.leading_zero = shape.marks == Marks::Whole && body.len() > 1 && body[0] == b'0';
    shape.telephone = plus && n_digits >= TELEPHONE_DIGITS && !matches!(shape.marks, Marks::Decimal(..));
    Some(shape)
}

/// What a first look at a text says.
enum Simple {
    /// It needs a closer look.
    No,
    /// It is no number: no digits, or too many letters for a currency.
    Never,
    /// `-12`
    Whole { negative: bool },
    /// `-1.5`, with the digits before and after the point.
    Point { negative: bool, before: usize, after: usize },
}

/// Letters of the longest currency code and an exponent.
const MAX_LETTERS: usize = 4;

fn simple(bytes: &[u8]) -> Simple {
    let negative = bytes[0] == b'-';
    let (mut digits, mut letters, mut others, mut point) = (0, 0, 0, None);
    let mut at = usize::from(negative);
    while at < bytes.len() {
        match bytes[at] {
            b'0'..=b'9' => digits += 1,
            b'.' if point.is_none() => point = Some(digits),
            b'a'..=b'z' | b'A'..=b'Z' => letters += 1,
            _ => others += 1,
        }
        if letters > MAX_LETTERS {
            return Simple::Never;
        }
        at += 1;
    }
    match point {
        _ if digits == 0 => Simple::Never,
        _ if letters + others > 0 => Simple::No,
        None => Simple::Whole { negative },
        Some(before) => Simple::Point { negative, before, after: digits - before },
    }
}

/// Narrows the body to digits and marks; tells whether a plus stood before it.
fn strip_affixes(text: &str, shape: &mut Shape) -> Option<bool> {
    let (mut start, mut end) = (0, text.len());
    let mut plus = false;
    let mut signed = false;
    let mut parenthesis = false;
    // Each round takes one affix from either side; an amount has at most a sign, a currency and a percent.
    for _ in 0..5 {
        let rest = text[start..end].trim();
        start += text[start..end].find(rest).unwrap_or(0);
        end = start + rest.len();
        let first = rest.chars().next()?;
        let last = rest.chars().next_back()?;
        // `руб.` and `Fr.` end with a point of their own.
        let ends_word = last == '.' && rest.chars().rev().nth(1).is_some_and(char::is_alphabetic);
        if first == '(' && last == ')' && rest.len() > 2 && !parenthesis && !signed {
            parenthesis = true;
            start += 1;
            end -= 1;
        } else if matches!(first, '-' | '−' | '+') && !signed && !parenthesis {
            signed = true;
            plus = first == '+';
            shape.negative = first != '+';
            start += first.len_utf8();
        } else if matches!(last, '-' | '−') && !signed && !parenthesis && rest.len() > 1 {
            signed = true;
            shape.negative = true;
            end -= last.len_utf8();
        } else if last == '%' && !shape.percent {
            shape.percent = true;
            end -= 1;
        } else if !first.is_ascii_digit() && first != '.' && first != ',' && shape.currency.is_none() {
            let (index, length) = currency_at(rest, true)?;
            shape.currency = Some(index);
            start += length;
        } else if !last.is_ascii_digit() && (last != '.' || ends_word) && last != ',' && shape.currency.is_none() {
            let (index, length) = currency_at(rest, false)?;
            shape.currency = Some(index);
            end -= length;
        } else {
            break;
        }
    }
    shape.negative |= parenthesis;
    shape.body = (start as u32, end as u32);
    (start < end).then_some(plus)
}

fn currency_at(text: &str, front: bool) -> Option<(u8, usize)> {
    let fits = |sign: &&str| if front { text.starts_with(*sign) } else { text.ends_with(*sign) };
    let (index, sign) = CURRENCIES.iter().enumerate().filter(|(_, sign)| fits(sign)).max_by_key(|(_, s)| s.len())?;
    Some((index as u8, sign.len()))
}

/// The group separators that are more than one byte, and how long they are: NBSP, thin and narrow spaces, ’.
fn separator_at(body: &[u8], at: usize) -> Option<(u8, usize)> {
    match &body[at..] {
        [b'.', ..] => Some((b'.', 1)),
        [b',', ..] => Some((b',', 1)),
        [b' ', ..] => Some((b' ', 1)),
        [b'\'', ..] => Some((b'\'', 1)),
        [0xC2, 0xA0, ..] => Some((b' ', 2)),
        [0xE2, 0x80, 0xAF | 0x89, ..] => Some((b' ', 3)),
        [0xE2, 0x80, 0x99, ..] => Some((b'\'', 3)),
        _ => None,
    }
}

fn scan_marks(body: &[u8]) -> Option<Marks> {
    let mut lengths = [0usize; 24];
    let mut separators = [0u8; 24];
    let (mut n, mut at, mut exponent) = (0, 0, false);
    while at < body.len() {
        let byte = body[at];
        if byte.is_ascii_digit() {
            lengths[n] += 1;
            at += 1;
        } else if matches!(byte, b'e' | b'E') {
            exponent = is_exponent(&body[at + 1..]);
            if !exponent {
                return None;
            }
            break;
        } else {
            let (separator, length) = separator_at(body, at)?;
            n += 1;
            if n == lengths.len() {
                return None;
            }
            separators[n] = separator;
            at += length;
        }
    }
    marks_of(&lengths[..=n], &separators[1..=n], exponent, body[0] == b'0')
}

fn is_exponent(text: &[u8]) -> bool {
    let digits = match text {
        [b'+' | b'-', rest @ ..] => rest,
        rest => rest,
    };
    !digits.is_empty() && digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit)
}

fn marks_of(lengths: &[usize], separators: &[u8], exponent: bool, zero_first: bool) -> Option<Marks> {
    let is_decimal = |separator: u8| matches!(separator, b'.' | b',');
    match separators {
        [] if lengths[0] == 0 => None,
        [] if exponent => Some(Marks::Decimal(None, Group::None)),
        [] => Some(Marks::Whole),
        [one] => {
            let (before, after) = (lengths[0], lengths[1]);
            let groups = after == 3 && (1..=3).contains(&before) && !exponent && !zero_first;
            if !is_decimal(*one) {
                return groups.then(|| Marks::Grouped(group_of(*one)));
            }
            if groups {
                return Some(Marks::Ambiguous(*one));
            }
            (before + after > 0).then_some(Marks::Decimal(Some(*one), Group::None))
        }
        [first, middle @ .., last] => {
            let inner = &lengths[1..lengths.len() - 1];
            let same = middle.iter().all(|separator| separator == first);
            // Groups of two digits are how lakhs are written: 12,34,567.
            let sound = (1..=3).contains(&lengths[0])
                && inner.iter().all(|&length| length == 3 || (length == 2 && *first == b','));
            if !same || !sound || zero_first {
                None
            } else if first == last {
                (lengths[lengths.len() - 1] == 3 && !exponent).then(|| Marks::Grouped(group_of(*first)))
            } else if is_decimal(*last) && inner.last() == Some(&3) {
                Some(Marks::Decimal(Some(*last), group_of(*first)))
            } else {
                None
            }
        }
    }
}

fn group_of(separator: u8) -> Group {
    match separator {
        b',' => Group::Comma,
        b'.' => Group::Dot,
        b' ' => Group::Space,
        _ => Group::Apostrophe,
    }
}

/// Reads a number under the given decimal mark. `None` when its marks contradict it.
pub(crate) fn parse(text: &str, decimal: u8) -> Option<Number> {
    parse_scanned(text, &scan(text)?, decimal)
}

/// The same for a text that was scanned already.
pub(crate) fn parse_scanned(text: &str, shape: &Shape, decimal: u8) -> Option<Number> {
    let body = &text[shape.body.0 as usize..shape.body.1 as usize];
    let whole = match shape.marks {
        Marks::Whole => true,
        Marks::Decimal(Some(mark), _) if mark != decimal => return None,
        Marks::Decimal(..) => false,
        Marks::Grouped(Group::Comma) => decimal != b',',
        Marks::Grouped(Group::Dot) => decimal != b'.',
        Marks::Grouped(_) => true,
        Marks::Ambiguous(mark) => mark != decimal,
    };
    if matches!(shape.marks, Marks::Grouped(_)) && !whole {
        return None;
    }
    if whole && !shape.percent {
        return Some(parse_whole(body, shape.negative));
    }
    parse_float(body, decimal, shape)
}

fn parse_whole(body: &str, negative: bool) -> Number {
    let mut value: i64 = 0;
    for digit in body.bytes().filter(u8::is_ascii_digit).map(|b| i64::from(b - b'0')) {
        let next =
            value.checked_mul(10).and_then(|v| if negative { v.checked_sub(digit) } else { v.checked_add(digit) });
        match next {
            Some(next) => value = next,
            None => return Number::TooBig,
        }
    }
    Number::Int(value)
}

/// Through the decimal text and not by arithmetic, so that 5.1 % is the double nearest to 0.051.
fn parse_float(body: &str, decimal: u8, shape: &Shape) -> Option<Number> {
    let mut buffer = [0u8; LONGEST_NUMBER + 8];
    let mut length = 0;
    let mut exponent = 0i32;
    let bytes = body.as_bytes();
    if shape.negative {
        buffer[0] = b'-';
        length = 1;
    }
    for (at, &byte) in bytes.iter().enumerate() {
        if byte.is_ascii_digit() {
            buffer[length] = byte;
            length += 1;
        } else if byte == decimal {
            buffer[length] = b'.';
            length += 1;
        } else if matches!(byte, b'e' | b'E') {
            exponent = body[at + 1..].parse().ok()?;
            break;
        }
    }
    if shape.percent {
        exponent -= 2;
    }
    let digits = std::str::from_utf8(&buffer[..length]).ok()?;
    let value: f64 = if exponent == 0 { digits.parse() } else { format!("{digits}e{exponent}").parse() }.ok()?;
    Some(if value.is_infinite() { Number::Overflow } else { Number::Float(value) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_under_the_decimal_mark_of_their_column() {
        let float = Number::Float;
        let cases: &[(&str, u8, Option<Number>)] = &[
            ("0", b'.', Some(Number::Int(0))),
            ("-12", b'.', Some(Number::Int(-12))),
            ("+12", b'.', Some(Number::Int(12))),
            ("−12", b'.', Some(Number::Int(-12))),
            ("12-", b'.', Some(Number::Int(-12))),
            ("1.234,50-", b',', Some(float(-1234.5))),
            ("(1,234.50)", b'.', Some(float(-1234.5))),
            ("1,23,456", b'.', Some(Number::Int(123_456))),
            ("Rs. 1,23,456.00", b'.', Some(float(123_456.0))),
            ("¥1,200", b'.', Some(Number::Int(1200))),
            ("1 500,00 руб.", b',', Some(float(1500.0))),
            ("1,234", b'.', Some(Number::Int(1234))),
            ("1,234", b',', Some(float(1.234))),
            ("1.234", b',', Some(Number::Int(1234))),
            ("1.234", b'.', Some(float(1.234))),
            ("1,234.50", b'.', Some(float(1234.5))),
            ("1,234.50", b',', None),
            ("1.234,50", b',', Some(float(1234.5))),
            ("-1.234,50", b',', Some(float(-1234.5))),
            ("12,34,567.5", b'.', Some(float(1_234_567.5))),
            ("1 234 567,5", b',', Some(float(1_234_567.5))),
            ("1\u{a0}234", b'.', Some(Number::Int(1234))),
            ("1\u{202f}234,5", b',', Some(float(1234.5))),
            ("1'234.50", b'.', Some(float(1234.5))),
            ("1’234", b'.', Some(Number::Int(1234))),
            ("$1,234.00", b'.', Some(float(1234.0))),
            ("($56.10)", b'.', Some(float(-56.1))),
            ("$(56.10)", b'.', Some(float(-56.1))),
            ("-$5", b'.', Some(Number::Int(-5))),
            ("$-5", b'.', Some(Number::Int(-5))),
            ("12,50 €", b',', Some(float(12.5))),
            ("EUR 3", b'.', Some(Number::Int(3))),
            ("5%", b'.', Some(float(0.05))),
            ("-1 %", b'.', Some(float(-0.01))),
            ("5.1%", b'.', Some(float(0.051))),
            ("12,5%", b',', Some(float(0.125))),
            ("1e5", b'.', Some(float(1e5))),
            ("1.5E-3", b'.', Some(float(0.0015))),
            ("1e400", b'.', Some(Number::Overflow)),
            (".5", b'.', Some(float(0.5))),
            ("5.", b'.', Some(float(5.0))),
            ("0.500", b'.', Some(float(0.5))),
            ("9223372036854775807", b'.', Some(Number::Int(i64::MAX))),
            ("-9223372036854775808", b'.', Some(Number::Int(i64::MIN))),
            ("9223372036854775808", b'.', Some(Number::TooBig)),
            ("1.2.3", b'.', None),
            ("192.168.0.1", b'.', None),
            ("1,2,3", b'.', None),
            ("12a", b'.', None),
            ("e5", b'.', None),
            ("-", b'.', None),
            ("$", b'.', None),
            ("", b'.', None),
            ("()", b'.', None),
            ("%", b'.', None),
            (".", b'.', None),
            ("2024-01-01", b'.', None),
            ("12:30", b'.', None),
            ("--5", b'.', None),
        ];
        for (text, decimal, expected) in cases {
            assert_eq!(parse(text, *decimal), *expected, "{text:?} with decimal {:?}", *decimal as char);
        }
    }

    #[test]
    fn shapes_tell_ids_and_telephone_numbers_from_quantities() {
        assert!(scan("007").unwrap().leading_zero);
        assert!(!scan("0").unwrap().leading_zero);
        assert!(!scan("0.5").unwrap().leading_zero);
        assert!(scan("+49 171 1234567").is_none_or(|shape| shape.telephone));
        assert!(scan("+491711234567").unwrap().telephone);
        assert!(!scan("+5").unwrap().telephone);
        assert_eq!(scan("1,234").unwrap().marks, Marks::Ambiguous(b','));
        assert_eq!(scan("1,234,567").unwrap().marks, Marks::Grouped(Group::Comma));
        assert_eq!(scan("0,234").unwrap().marks, Marks::Decimal(Some(b','), Group::None));
    }
}
