//! The words of the calendar in the languages whose files we meet.

const WEEKDAYS: &[&str] = &[
    "mon",
    "monday",
    "mo",
    "montag",
    "tue",
    "tues",
    "tuesday",
    "di",
    "dienstag",
    "wed",
    "wednesday",
    "mi",
    "mittwoch",
    "thu",
    "thurs",
    "thursday",
    "do",
    "donnerstag",
    "fri",
    "friday",
    "fr",
    "freitag",
    "sat",
    "saturday",
    "sa",
    "samstag",
    "sun",
    "sunday",
    "so",
    "sonntag",
    "lun",
    "lundi",
    "mar",
    "mardi",
    "mer",
    "mercredi",
    "jeu",
    "jeudi",
    "ven",
    "vendredi",
    "sam",
    "samedi",
    "dim",
    "dimanche",
];

/// `Mon, 5 Mar 2024` without its first word.
pub(super) fn without_weekday(text: &str) -> &str {
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = text[length..].trim_start_matches(['.', ',']).trim_start();
    let is_weekday = (2..=10).contains(&length) && WEEKDAYS.iter().any(|day| day.eq_ignore_ascii_case(&text[..length]));
    // `Mar 5, 2024` is a month, `Mar, 5 …` a Tuesday in French.
    let follows = text[length..].starts_with(['.', ',', ' ']);
    let is_month = month_named(&text[..length]).is_some() && !text[length..].starts_with(',');
    if is_weekday && follows && !is_month { rest } else { text }
}

/// Month names, in lower case: English, German, French, Spanish, Italian, Portuguese, Dutch, Scandinavian, Polish and
/// Russian (as they stand in dates).
const MONTHS: [&[&str]; 12] = [
    &[
        "jan",
        "january",
        "januar",
        "jän",
        "jänner",
        "janv",
        "janvier",
        "ene",
        "enero",
        "gen",
        "gennaio",
        "janeiro",
        "januari",
        "sty",
        "stycznia",
        "янв",
        "января",
    ],
    &[
        "feb",
        "february",
        "februar",
        "fév",
        "févr",
        "février",
        "febrero",
        "febbraio",
        "fev",
        "fevereiro",
        "februari",
        "lut",
        "lutego",
        "фев",
        "февраля",
    ],
    &["mar", "march", "mär", "märz", "mrz", "mars", "marzo", "março", "mrt", "maart", "marts", "marca", "мар", "марта"],
    &["apr", "april", "avr", "avril", "abr", "abril", "aprile", "kwi", "kwietnia", "апр", "апреля"],
    &["may", "mai", "mayo", "mag", "maggio", "maio", "mei", "maj", "maja", "май", "мая"],
    &["jun", "june", "juni", "juin", "junio", "giu", "giugno", "junho", "cze", "czerwca", "июн", "июня"],
    &["jul", "july", "juli", "juil", "juillet", "julio", "lug", "luglio", "julho", "lip", "lipca", "июл", "июля"],
    &["aug", "august", "août", "ago", "agosto", "augustus", "augusti", "sie", "sierpnia", "авг", "августа"],
    &[
        "sep",
        "sept",
        "september",
        "septembre",
        "septiembre",
        "set",
        "settembre",
        "setembro",
        "wrz",
        "września",
        "сен",
        "сент",
        "сентября",
    ],
    &[
        "oct",
        "october",
        "okt",
        "oktober",
        "octobre",
        "octubre",
        "ott",
        "ottobre",
        "out",
        "outubro",
        "paź",
        "окт",
        "октября",
    ],
    &["nov", "november", "novembre", "noviembre", "novembro", "lis", "listopada", "ноя", "нояб", "ноября"],
    &[
        "dec",
        "december",
        "dez",
        "dezember",
        "déc",
        "décembre",
        "dic",
        "diciembre",
        "dicembre",
        "dezembro",
        "gru",
        "grudnia",
        "дек",
        "декабря",
    ],
];

/// The month a word names.
pub(super) fn month_named(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.');
    const LONGEST: usize = 20;
    if word.len() < 3 || word.len() > LONGEST {
        return None;
    }
    let lower = word.to_lowercase();
    MONTHS.iter().position(|names| names.contains(&lower.as_str())).map(|index| index as u32 + 1)
}
