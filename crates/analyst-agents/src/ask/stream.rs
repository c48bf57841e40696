//! The one field of a reply that people may watch being written: picked out of growing JSON or marked text.

/// Picks a field out of a reply that comes in pieces.
#[derive(Debug)]
pub(super) enum FieldStream {
    Json(JsonField),
    Marked(MarkedField),
}

impl FieldStream {
    pub fn json(field: &'static str) -> Self {
        Self::Json(JsonField::new(field))
    }

    pub fn marked(field: &'static str) -> Self {
        Self::Marked(MarkedField { field, held: Some(String::new()), inside: false })
    }

    /// What of the field is new with this piece.
    pub fn push(&mut self, piece: &str) -> String {
        match self {
            Self::Json(field) => field.push(piece),
            Self::Marked(field) => field.push(piece),
        }
    }

    /// Forgets everything: the reply begins anew.
    pub fn restart(&mut self) {
        *self = match self {
            Self::Json(field) => Self::json(field.field),
            Self::Marked(field) => Self::marked(field.field),
        };
    }
}

/// A string property of the outermost object.
#[derive(Debug)]
pub(super) struct JsonField {
    field: &'static str,
    depth: usize,
    /// The string being read, if any; the text so far is only kept for keys.
    string: Option<Text>,
    /// The last whole string at depth 1, which is a key when a colon follows.
    last: String,
    after_key: bool,
}

#[derive(Debug, Default)]
struct Text {
    wanted: bool,
    kept: String,
    escape: Escape,
}

#[derive(Debug, Default, PartialEq)]
enum Escape {
    #[default]
    None,
    Backslash,
    Unicode(String),
    /// The first half of a surrogate pair has been read.
    High(u16),
}

impl JsonField {
    fn new(field: &'static str) -> Self {
        Self { field, depth: 0, string: None, last: String::new(), after_key: false }
    }

    fn push(&mut self, piece: &str) -> String {
        let mut new = String::new();
        for c in piece.chars() {
            match &mut self.string {
                Some(text) => {
                    if text.read(c, &mut new) {
                        self.last = self.string.take().map(|text| text.kept).unwrap_or_default();
                    }
                }
                None => self.outside(c),
            }
        }
        new
    }

    fn outside(&mut self, c: char) {
        match c {
            '{' | '[' => {
                self.depth += 1;
                self.after_key = false;
            }
            '}' | ']' => self.depth = self.depth.saturating_sub(1),
            // Prose before the object may hold quotes; only inside it do they open strings.
            '"' if self.depth > 0 => {
                let wanted = self.after_key && self.depth == 1;
                self.string = Some(Text { wanted, ..Text::default() });
                self.after_key = false;
            }
            ':' => self.after_key = self.depth == 1 && self.last == self.field,
            ',' => self.after_key = false,
            _ => {}
        }
    }
}

impl Text {
    /// Takes a character; tells whether the string is over.
    fn read(&mut self, c: char, new: &mut String) -> bool {
        match std::mem::take(&mut self.escape) {
            Escape::None if c == '"' => return true,
            Escape::None if c == '\\' => self.escape = Escape::Backslash,
            Escape::None => self.put(c, new),
            Escape::High(high) if c == '\\' => self.escape = Escape::Unicode(format!("{high:04x}")),
            Escape::High(_) if c == '"' => return true,
            Escape::High(_) => self.put(c, new),
            Escape::Backslash => match c {
                'u' => self.escape = Escape::Unicode(String::new()),
                'n' => self.put('\n', new),
                't' => self.put('\t', new),
                'r' => self.put('\r', new),
                'b' | 'f' => {}
                c => self.put(c, new),
            },
            Escape::Unicode(mut digits) => {
                // After a high surrogate `digits` begins with its four digits, and the `u` is yet to come.
                if c == 'u' {
                    self.escape = Escape::Unicode(digits);
                } else {
                    digits.push(c);
                    self.unicode(digits, new);
                }
            }
        }
        false
    }

    fn unicode(&mut self, digits: String, new: &mut String) {
        let unit = |digits: &str| u16::from_str_radix(digits, 16).unwrap_or(0xfffd);
        let units: Vec<u16> = match digits.len() {
            4 if (0xd800..0xdc00).contains(&unit(&digits)) => {
                self.escape = Escape::High(unit(&digits));
                return;
            }
            4 => vec![unit(&digits)],
            8 => vec![unit(&digits[..4]), unit(&digits[4..])],
            _ if digits.is_ascii() => {
                self.escape = Escape::Unicode(digits);
                return;
            }
            _ => vec![0xfffd],
        };
        String::from_utf16_lossy(&units).chars().for_each(|c| self.put(c, new));
    }

    fn put(&mut self, c: char, new: &mut String) {
        if self.wanted {
            new.push(c);
        } else {
            self.kept.push(c);
        }
    }
}

/// The text between a field's marker and the next one.
#[derive(Debug)]
pub(super) struct MarkedField {
    field: &'static str,
    /// The beginning of a line, as long as it may become a marker; `None` in the middle of a line.
    held: Option<String>,
    inside: bool,
}

impl MarkedField {
    /// A line that is longer is no marker.
    const MAX_MARKER_BYTES: usize = 200;

    fn push(&mut self, piece: &str) -> String {
        let mut new = String::new();
        for c in piece.chars() {
            let Some(held) = &mut self.held else {
                self.tell(c.encode_utf8(&mut [0; 4]), &mut new);
                self.held = (c == '\n').then(String::new);
                continue;
            };
            held.push(c);
            let begun = held.trim_start();
            let open = (begun.is_empty() || begun.starts_with('[')) && held.len() < Self::MAX_MARKER_BYTES;
            if c == '\n' || !open {
                let line = std::mem::take(held);
                self.held = (c == '\n').then(String::new);
                self.decide(&line, &mut new);
            }
        }
        new
    }

    fn decide(&mut self, line: &str, new: &mut String) {
        match super::reply::marker(line) {
            Some((name, rest)) => {
                self.inside = name == self.field;
                self.tell(rest, new);
            }
            None => self.tell(line, new),
        }
    }

    fn tell(&self, text: &str, new: &mut String) {
        if self.inside {
            new.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way of cutting the reply must give the same text.
    fn check(stream: impl Fn() -> FieldStream, reply: &str, expected: &str) {
        for size in [1, 2, 3, 7, reply.len().max(1)] {
            let chars: Vec<char> = reply.chars().collect();
            let mut stream = stream();
            let told: String = chars.chunks(size).map(|piece| stream.push(&piece.iter().collect::<String>())).collect();
            assert_eq!(told, expected, "{reply} in pieces of {size}");
        }
    }

    #[test]
    fn a_json_field_is_told_as_it_grows() {
        let cases = [
            (r#"{"summary": "s", "code": "a\n\"b\"\tc"}"#, "a\n\"b\"\tc"),
            (r#"{"code": "x = {\"code\": 1}"}"#, "x = {\"code\": 1}"),
            (r#"{"chart": {"code": "no"}, "code": "yes"}"#, "yes"),
            (r#"{"summary": "code", "code":"yes", "more": "no"}"#, "yes"),
            (r#"{"code": "\u00e4\ud83d\ude00é"}"#, "ä😀é"),
            ("Here is \"it\":\n```json\n{\"code\": \"yes\"}\n```", "yes"),
            (r#"{"code": "cut of"#, "cut of"),
            (r#"{"code": null, "summary": "code"}"#, ""),
            ("", ""),
        ];
        for (reply, expected) in cases {
            check(|| FieldStream::json("code"), reply, expected);
        }
    }

    #[test]
    fn a_marked_field_is_told_as_it_grows() {
        let cases = [
            ("[[ ## summary ## ]]\ns\n[[ ## code ## ]]\nx = [1]\ny\n[[ ## completed ## ]]\n", "x = [1]\ny\n"),
            ("[[ ## code ## ]]\n[[1, 2]]\nz\n", "[[1, 2]]\nz\n"),
            ("prose\n[[ ## code ## ]]\n  a\n\nb\n", "  a\n\nb\n"),
        ];
        for (reply, expected) in cases {
            check(|| FieldStream::marked("code"), reply, expected);
        }
    }

    #[test]
    fn a_new_try_begins_from_nothing() {
        let mut stream = FieldStream::json("code");
        assert_eq!(stream.push(r#"{"code": "old"#), "old");
        stream.restart();
        assert_eq!(stream.push(r#"{"code": "new"}"#), "new");
    }
}
