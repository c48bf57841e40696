//! Which words of a question name a column, a value of a column, or an idea. Longest match first; a whole name beats
//! a value, a value beats an idea, an idea beats a part of a name.

use super::concept::Concept;
use super::lexicon::{ENGLISH, same_word, singular};
use super::schema::{Field, Role, Schema};
use super::tokens::{Token, TokenKind, squeeze};

/// Names and values are at most this many tokens long.
const LONGEST_NAME: usize = 8;
/// Units at the end of a column's name.
const UNITS: [&str; 22] = [
    "c", "f", "k", "kmh", "kph", "mph", "mm", "cm", "km", "kg", "g", "pct", "sqft", "sqm", "usd", "eur", "gbp", "hpa",
    "kwh", "sec", "secs", "ms",
];
/// Jaro-Winkler similarity from which a misspelt name is taken.
const CLOSE: f64 = 0.93;

/// What a piece of the question means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// A column, by its index in the schema.
    Column(usize),
    /// A value of a column.
    Value {
        /// The column.
        column: usize,
        /// The value, as in the data.
        value: String,
    },
    /// An idea.
    Concept(Concept),
    /// A number.
    Number(f64),
    /// `2024-03` or `2024-03-15`.
    Date,
    /// A quoted text that names no column.
    Quoted,
    /// Punctuation or an operator.
    Symbol(char),
    /// A word without a meaning found so far.
    Word,
}

/// A piece of the question with its meaning.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// What it means.
    pub(super) what: What,
    /// The words, in lower case.
    pub(super) text: String,
    /// As typed.
    pub(super) raw: String,
    /// Whether the name was found whole, not by a part of it.
    pub(super) whole: bool,
}

struct Span {
    start: usize,
    len: usize,
    what: What,
    /// 4 whole column, 3 value, 2 idea, 1 part of a name.
    strength: u8,
    score: f64,
}

/// Gives every piece of the question its meaning.
pub(super) fn link(tokens: &[Token], schema: &Schema) -> Vec<Item> {
    let mut spans = Vec::new();
    for start in 0..tokens.len() {
        spans.extend(concept_at(tokens, start));
        for len in 1..=LONGEST_NAME.min(tokens.len() - start) {
            if tokens[start + len - 1].kind == TokenKind::Symbol('.') && len == 1 {
                break;
            }
            spans.extend(column_at(tokens, start, len, schema));
            spans.extend(value_at(tokens, start, len, schema));
        }
    }
    prefer(&mut spans, tokens);
    let mut items = items(tokens, choose(spans, tokens.len()));
    dates(&mut items, schema);
    items
}

/// “the dates” are the one column that is called a date.
fn dates(items: &mut [Item], schema: &Schema) {
    let called = |f: &Field| f.time.is_some() && f.words.iter().any(|w| w == "date");
    let mut named = (0..schema.fields.len()).filter(|i| called(&schema.fields[*i]));
    let (Some(only), None) = (named.next(), named.next()) else { return };
    for item in items.iter_mut().filter(|i| i.what == What::Concept(Concept::Time)) {
        if matches!(item.text.as_str(), "date" | "dates") {
            item.what = What::Column(only);
            item.whole = false;
        }
    }
}

/// Which of overlapping spans wins: strength counts as much as length.
fn prefer(spans: &mut [Span], tokens: &[Token]) {
    for span in spans.iter_mut() {
        if let What::Concept(concept) = span.what
            && span.len == 1
            && concept.is_weak()
        {
            span.score -= 0.4;
        }
    }
    let column_starts: Vec<usize> = spans.iter().filter(|s| s.strength == 4).map(|s| s.start).collect();
    let aggregates = ["count", "sum", "total", "mean", "average", "min", "max", "median", "number"];
    for span in spans.iter_mut().filter(|s| s.strength == 4 && s.len == 1) {
        // “total revenue” sums the revenue even when there is a column “total”.
        let word = tokens[span.start].text.as_str();
        let next = tokens.get(span.start + 1);
        let followed = next.is_some_and(|t| t.text == "of") || column_starts.contains(&(span.start + 1));
        if aggregates.contains(&word) && tokens[span.start].kind == TokenKind::Word && followed {
            span.score = -1.0;
        }
    }
}

fn choose(mut spans: Vec<Span>, n: usize) -> Vec<Span> {
    spans.retain(|s| s.score >= 0.0);
    let rank = |s: &Span| s.len as f64 * 10.0 + f64::from(s.strength) * 2.0 + s.score + part_penalty(s);
    spans.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then(a.start.cmp(&b.start)));
    let mut taken = vec![false; n];
    let mut chosen: Vec<Span> = Vec::new();
    for span in spans {
        if taken[span.start..span.start + span.len].iter().all(|t| !t) {
            taken[span.start..span.start + span.len].fill(true);
            chosen.push(span);
        }
    }
    chosen.sort_by_key(|s| s.start);
    chosen
}

/// A part of a name must not swallow an idea that is one word shorter.
fn part_penalty(span: &Span) -> f64 {
    if span.strength == 1 { -8.0 } else { 0.0 }
}

fn items(tokens: &[Token], spans: Vec<Span>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut spans = spans.into_iter().peekable();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(span) = spans.next_if(|s| s.start == at) {
            let part = &tokens[at..at + span.len];
            let join = |f: fn(&Token) -> &str| part.iter().map(f).collect::<Vec<_>>().join(" ");
            items.push(Item {
                what: span.what,
                text: join(|t| &t.text),
                raw: join(|t| &t.raw),
                whole: span.strength != 1,
            });
            at += span.len;
            continue;
        }
        let token = &tokens[at];
        let what = match token.kind {
            TokenKind::Word => ENGLISH.numbers.get(&token.text).map_or(What::Word, |n| What::Number(*n)),
            TokenKind::Number(value) => What::Number(value),
            TokenKind::Date => What::Date,
            TokenKind::Quoted => What::Quoted,
            TokenKind::Symbol(symbol) => What::Symbol(symbol),
        };
        items.push(Item { what, text: token.text.clone(), raw: token.raw.clone(), whole: true });
        at += 1;
    }
    items
}

fn concept_at(tokens: &[Token], start: usize) -> Option<Span> {
    let words: Vec<&str> = tokens[start..]
        .iter()
        .take(6)
        .map_while(|t| (!matches!(t.kind, TokenKind::Symbol(_) | TokenKind::Quoted)).then_some(t.text.as_str()))
        .collect();
    let (concept, len) = ENGLISH.phrase(&words)?;
    // “units per order by region” does not sort.
    let before = start.checked_sub(1).map_or("", |b| tokens[b].text.as_str());
    if concept == Concept::Sort
        && words[0] == "order"
        && matches!(before, "per" | "each" | "every" | "an" | "the" | "of" | "average")
    {
        return None;
    }
    // “1000 or lower” is a bound, “higher than 1000 or lower than 500” is two.
    if matches!(concept, Concept::AtLeast | Concept::AtMost) && words[0] == "or" && words.get(len) == Some(&"than") {
        return Some(Span { start, len: 1, what: What::Concept(Concept::Or), strength: 2, score: 0.5 });
    }
    Some(Span { start, len, what: What::Concept(concept), strength: 2, score: 0.5 })
}

fn column_at(tokens: &[Token], start: usize, len: usize, schema: &Schema) -> Vec<Span> {
    let part = &tokens[start..start + len];
    if part[0].kind == TokenKind::Quoted {
        return if len == 1 { quoted_column(part, start, schema) } else { Vec::new() };
    }
    if part.iter().any(|t| matches!(t.kind, TokenKind::Symbol(_) | TokenKind::Quoted)) {
        return Vec::new();
    }
    let words: Vec<&str> = part.iter().map(|t| t.text.as_str()).collect();
    let mut spans: Vec<Span> = Vec::new();
    for (index, field) in schema.fields.iter().enumerate() {
        if let Some((strength, score)) = name_match(&words, part, field, schema) {
            // A column name cut in the middle of a longer written name is no match.
            let cut = tokens.get(start + len).is_some_and(|t| t.glued && !matches!(t.kind, TokenKind::Symbol(_)))
                || (part[0].glued && start > 0 && !matches!(tokens[start - 1].kind, TokenKind::Symbol(_)));
            // Of several columns that share a word, the one whose other words are said as well.
            let said = |w: &&String| tokens.iter().any(|t| !part.contains(t) && ENGLISH.alike(&t.text, w));
            let score =
                if strength == 1 { score + 0.1 * field.words.iter().filter(said).count() as f64 } else { score };
            if !(cut && strength == 1) {
                spans.push(Span { start, len, what: What::Column(index), strength, score });
            }
        }
    }
    spans
}

fn quoted_column(part: &[Token], start: usize, schema: &Schema) -> Vec<Span> {
    let squeezed = squeeze(&part[0].text);
    let found =
        schema.fields.iter().position(|f| f.name == part[0].raw || (f.squeezed == squeezed && !squeezed.is_empty()));
    found.map(|index| Span { start, len: 1, what: What::Column(index), strength: 4, score: 9.0 }).into_iter().collect()
}

/// How well words name a field: strength and score (0 to 1).
fn name_match(words: &[&str], part: &[Token], field: &Field, schema: &Schema) -> Option<(u8, f64)> {
    let squeezed: String = words.concat().chars().filter(|c| c.is_alphanumeric()).collect();
    if squeezed == field.squeezed {
        let exact_case = part.iter().map(|t| t.raw.as_str()).collect::<String>() == field.name.replace([' ', '_'], "");
        return (!only_stopwords(words) || exact_case).then_some((4, 1.0));
    }
    if only_stopwords(words) {
        return None;
    }
    if field.squeezed.len() > 2 && singular(&squeezed) == singular(&field.squeezed) {
        return Some((4, 0.95));
    }
    let first_plural = [singular(words[0]), words[1..].concat()].concat();
    if words.len() > 1 && first_plural == field.squeezed {
        return Some((4, 0.9));
    }
    set_match(words, field, schema).or_else(|| fuzzy_match(words, &squeezed, field))
}

fn only_stopwords(words: &[&str]) -> bool {
    words.iter().all(|w| ENGLISH.is_stopword(w) || w.chars().all(|c| c.is_ascii_digit()))
}

/// All content words of the span are words of the name, in any order.
fn set_match(words: &[&str], field: &Field, schema: &Schema) -> Option<(u8, f64)> {
    if words.first().is_some_and(|w| ENGLISH.is_stopword(w)) || words.last().is_some_and(|w| ENGLISH.is_stopword(w)) {
        return None;
    }
    let content: Vec<&&str> = words.iter().filter(|w| !ENGLISH.is_stopword(w)).collect();
    // Only “of” and “the” may stand within a name: “units of the order” is one, “orders have no region” is none.
    if words.iter().any(|w| ENGLISH.is_stopword(w) && !matches!(*w, "of" | "the")) {
        return None;
    }
    let closed = content.len() == words.len();
    // A word with a meaning of its own names a column only by itself, not through a synonym.
    let meant = content.len() == 1 && ENGLISH.phrase(&[*content[0]]).is_some();
    let mut own: Vec<&String> = field.words.iter().filter(|w| !ENGLISH.is_stopword(w)).collect();
    // “temp_min_c”: the unit is no part of what it is called.
    if own.len() > 1 && own.last().is_some_and(|w| UNITS.contains(&w.as_str()) && !words.contains(&w.as_str())) {
        own.pop();
    }
    if content.is_empty() || own.is_empty() {
        return None;
    }
    let mut free: Vec<&String> = own.clone();
    let mut exact = 0.0;
    for word in &content {
        let at = free
            .iter()
            .position(|w| same_word(w, word))
            .or_else(|| free.iter().position(|w| !meant && ENGLISH.alike(w, word)));
        match at {
            Some(at) => {
                let name_word = free.remove(at);
                exact += if name_word == **word {
                    1.0
                } else if same_word(name_word, word) {
                    0.9
                } else {
                    0.6
                };
            }
            // The thing a row is about may stand before the name: “faculty rank” is “Rank”.
            None if closed && schema.is_entity(word) && content.len() > 1 && words[0] == **word => exact += 0.3,
            None => return None,
        }
    }
    if free.len() == own.len() {
        return None;
    }
    let quality = exact / content.len() as f64;
    if free.is_empty() {
        return (quality > 0.5).then_some((4, quality * 0.85)).or(Some((1, quality)));
    }
    // A part of the name: the entity's word alone (“order” of “Order ID”) does not name the column.
    let is_head = |w: &str| own.last().is_some_and(|last| same_word(last, w));
    let useful = content
        .iter()
        .any(|w| !schema.is_entity(w) || field.role == Role::Category || (field.role != Role::Id && is_head(w)));
    let share = 1.0 - free.len() as f64 / own.len() as f64;
    let head = own.last().is_some_and(|last| content.iter().any(|w| ENGLISH.alike(last, w)));
    let generic = free.is_empty() || content.iter().all(|w| w.len() > 1);
    (useful && generic && quality >= 0.55).then_some((1, quality * 0.5 + share * 0.3 + if head { 0.2 } else { 0.0 }))
}

fn fuzzy_match(words: &[&str], squeezed: &str, field: &Field) -> Option<(u8, f64)> {
    if squeezed.len() < 5 || field.squeezed.len() < 5 || words.iter().any(|w| ENGLISH.is_stopword(w)) {
        return None;
    }
    // “class” of “Pclass”: a letter or two before a word is how short names are made.
    let base = singular(squeezed);
    // “admitted” is not “readmitted”.
    let turned = ["re", "un", "in", "non", "dis"]
        .iter()
        .any(|p| field.squeezed.strip_prefix(p).is_some_and(|rest| rest.starts_with(&base[..base.len().min(4)])));
    if turned
        && !base.starts_with("re")
        && !base.starts_with("un")
        && !base.starts_with("non")
        && !base.starts_with("dis")
        && !base.starts_with("in")
    {
        return None;
    }
    let prefixed = base.len() >= 4 && field.squeezed.ends_with(base.as_str()) && field.squeezed.len() - base.len() <= 1;
    if prefixed && words.len() == 1 {
        return Some((4, 0.45));
    }
    if words.iter().all(|w| ENGLISH.phrase(&[w]).is_some()) {
        return None;
    }
    let close =
        strsim::jaro_winkler(squeezed, &field.squeezed).max(strsim::jaro_winkler(&singular(squeezed), &field.squeezed));
    let edits = strsim::levenshtein(&singular(squeezed), &singular(&field.squeezed));
    // A name cut short is no misspelling: “customer” is not “customer_id”.
    let cut = field.squeezed.starts_with(singular(squeezed).as_str()) || squeezed.starts_with(field.squeezed.as_str());
    // Word by word, so that “hired after” is not “hire date”.
    let pairs = words.iter().zip(&field.words);
    if words.len() != field.words.len() && words.len() > 1
        || words.len() > 1 && pairs.clone().any(|(a, b)| strsim::jaro_winkler(a, b) < 0.8)
    {
        return None;
    }
    let alike = close >= CLOSE && edits <= 2 && squeezed.len().abs_diff(field.squeezed.len()) <= 2;
    (alike && !cut).then_some((4, close * 0.5))
}

fn value_at(tokens: &[Token], start: usize, len: usize, schema: &Schema) -> Vec<Span> {
    let part = &tokens[start..start + len];
    let quoted = part[0].kind == TokenKind::Quoted;
    if quoted && len > 1 || part.iter().skip(1).any(|t| t.kind == TokenKind::Quoted) {
        return Vec::new();
    }
    if matches!(part[0].kind, TokenKind::Symbol(_))
        || matches!(part[len - 1].kind, TokenKind::Symbol(c) if !")%+.".contains(c))
    {
        return Vec::new();
    }
    let text: String = part.iter().map(|t| t.text.as_str()).collect();
    let squeezed = squeeze(&text);
    if squeezed.is_empty() {
        return Vec::new();
    }
    let mut spans = Vec::new();
    for (column, field) in schema.fields.iter().enumerate() {
        if field.time.is_some() && !quoted {
            continue;
        }
        let Some(value) = find_value(field, &squeezed, part, quoted) else { continue };
        let near = near_own_column(tokens, start, len, field);
        // “invoices” are what is counted, even where one way of payment is called “invoice”.
        let own = squeeze(&value);
        let whole_word = part.len() == 1 && squeezed != own && singular(&squeezed) == singular(&own);
        if whole_word && !near && !quoted && schema.is_keyed(&part[0].text) {
            continue;
        }
        let rival = field.distinct <= 12 && len == 1 && {
            let all: String = tokens.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join("");
            let all = squeeze(&all);
            field.forms.iter().any(|(form, _)| {
                *form != squeezed
                    && form.len() > squeezed.len()
                    && form.contains(&squeezed)
                    && all.contains(form.as_str())
            })
        };
        let near = near || rival;
        if quoted || near || distinctive(part, &value, start, tokens) {
            let trailing = matches!(part[len - 1].kind, TokenKind::Symbol('.'));
            let score = if near { 0.9 } else { 0.5 } - if trailing { 1.0 } else { 0.0 } - column as f64 * 1e-4;
            spans.push(Span { start, len, what: What::Value { column, value }, strength: 3, score: score.max(0.0) });
        }
    }
    spans
}

fn find_value(field: &Field, squeezed: &str, part: &[Token], quoted: bool) -> Option<String> {
    let same_case = |v: &&String| part.len() == 1 && **v == part[0].raw;
    let of_form = |wanted: &dyn Fn(&(String, String)) -> bool| {
        field.forms.iter().position(wanted).and_then(|at| field.values.get(at))
    };
    let equal = |form: &(String, String)| form.0 == squeezed;
    if let Some(value) = field.values.iter().find(same_case).or_else(|| of_form(&equal)) {
        return Some(value.clone());
    }
    if quoted || part.len() > 4 {
        return None;
    }
    let single = singular(squeezed);
    let plural = |form: &(String, String)| squeezed.len() > 4 && form.1 == single;
    let synonym = |v: &&String| {
        let forms = ENGLISH.value_forms(squeezed);
        field.distinct <= 4 && forms.contains(&v.to_lowercase())
    };
    of_form(&plural).or_else(|| field.values.iter().find(synonym)).cloned()
}

/// Whether the column's name, or a good part of it, stands next to the value.
fn near_own_column(tokens: &[Token], start: usize, len: usize, field: &Field) -> bool {
    let before = tokens[start.saturating_sub(3)..start].iter();
    let after = tokens[(start + len).min(tokens.len())..].iter().take(2);
    let names: Vec<&str> = before.chain(after).map(|t| t.text.as_str()).collect();
    field.words.iter().any(|w| w.len() > 1 && !ENGLISH.is_stopword(w) && names.iter().any(|n| ENGLISH.alike(n, w)))
}

/// Whether a value is unlikely to be an ordinary word here.
fn distinctive(part: &[Token], value: &str, start: usize, tokens: &[Token]) -> bool {
    let words: Vec<&str> = part.iter().map(|t| t.text.as_str()).collect();
    if words.iter().all(|w| w.chars().all(|c| c.is_ascii_digit() || c == '.')) {
        return false;
    }
    let raw: String = part.iter().map(|t| t.raw.as_str()).collect();
    let as_written = squeeze_case(value) == squeeze_case(&raw);
    let letters = raw.chars().filter(|c| c.is_alphabetic()).count();
    if letters <= 2 {
        // A letter such as M must be written as in the data, and not open the sentence (“A chart of …”).
        return as_written && raw.chars().any(char::is_uppercase) && start > 0 && !(raw == "I" || raw == "A");
    }
    let ordinary = part.len() == 1 && (ENGLISH.is_stopword(words[0]) || ENGLISH.phrase(&words).is_some());
    let capital = raw.chars().next().is_some_and(char::is_uppercase);
    let opens = start == 0 || matches!(tokens[start - 1].kind, TokenKind::Symbol('.' | '?' | '!'));
    !ordinary || (as_written && capital && !opens)
}

fn squeeze_case(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The names nearest to a word that could not be linked, best first.
pub(super) fn nearest_names(word: &str, schema: &Schema) -> Vec<String> {
    let word = word.to_lowercase();
    let likeness = |field: &Field| {
        let parts = field.words.iter().map(|w| strsim::jaro_winkler(w, &word)).fold(0.0, f64::max);
        parts.max(strsim::jaro_winkler(&field.squeezed, &squeeze(&word)))
    };
    let mut names: Vec<(f64, String)> = schema.fields.iter().map(|f| (likeness(f), f.name.clone())).collect();
    names.sort_by(|a, b| b.0.total_cmp(&a.0));
    names.into_iter().take(3).filter(|(score, _)| *score > 0.75).map(|(_, name)| name).collect()
}
