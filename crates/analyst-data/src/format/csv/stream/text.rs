//! A large text file as clean UTF-8: itself when it is that already, otherwise a copy in the store's folder.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use analyst_types::DataWarning;
use encoding_rs::Encoding;

use super::super::sample;
use crate::DataError;
use crate::sniff::encoding;
use crate::source::{SourceFile, Watch, check};

const MARK: &[u8] = b"\xEF\xBB\xBF";
const WINDOW_BYTES: u64 = 256 << 10;
const COPIED_BYTES: usize = 4 << 20;

/// A file of UTF-8, as far as is known.
pub(super) struct TextFile {
    pub file: SourceFile,
    /// Where the text begins.
    pub start: u64,
    /// The encoding of the original.
    pub encoding: String,
    pub warnings: Vec<DataWarning>,
    /// Head, middle and tail of the text.
    pub sample: String,
    /// Bytes of the sample that are the head; absent when the sample is the whole text.
    pub head_bytes: Option<usize>,
    is_copy: bool,
}

impl TextFile {
    /// Finds out how the file is encoded, and copies it when it is not UTF-8. `None` for encodings that have to be
    /// read as a whole.
    pub fn open(
        file: &SourceFile,
        label: Option<&str>,
        dir: &Path,
        watch: &dyn Watch,
    ) -> Result<Option<Self>, DataError> {
        let (bytes, head_bytes) = sample_of(file)?;
        let mark = if bytes.starts_with(MARK) { MARK.len() } else { 0 };
        let decoded = encoding::decode(bytes, label)?;
        if decoded.encoding == "utf-8" && decoded.warnings.is_empty() {
            let head_bytes = head_bytes.map(|head| head - mark);
            let (start, sample, encoding) = (mark as u64, decoded.text, decoded.encoding);
            let file = file.clone();
            return Ok(Some(Self { file, start, encoding, warnings: Vec::new(), sample, head_bytes, is_copy: false }));
        }
        copy(file, decoded, dir, watch)
    }

    /// A clean copy, after a place was found that is no clean UTF-8.
    pub fn cleaned(
        &self,
        place: u64,
        label: Option<&str>,
        dir: &Path,
        watch: &dyn Watch,
    ) -> Result<Option<Self>, DataError> {
        assert!(!self.is_copy, "BUG: a text of our own is no clean UTF-8 at {place}");
        let (mut bytes, head_bytes) = sample_of(&self.file)?;
        bytes.truncate(head_bytes.unwrap_or(bytes.len()));
        let size = self.file.size_bytes();
        let from = place.saturating_sub(WINDOW_BYTES / 2);
        let mut window = vec![0; (size - from).min(WINDOW_BYTES) as usize];
        self.file.read_exact_at(&mut window, from)?;
        // Whole lines, so that no letter is cut.
        let start = memchr::memchr(b'\n', &window).filter(|_| from > 0).map_or(0, |at| at + 1);
        let end = memchr::memrchr(b'\n', &window).filter(|&at| from + at as u64 > place).map_or(window.len(), |at| at);
        let start = if from + start as u64 > place { 0 } else { start };
        bytes.extend_from_slice(&window[start..end]);
        copy(&self.file, encoding::decode(bytes, label)?, dir, watch)
    }
}

fn sample_of(file: &SourceFile) -> Result<(Vec<u8>, Option<usize>), DataError> {
    if let Some(sample) = sample::of_file(file)? {
        return Ok((sample.bytes, Some(sample.head_bytes)));
    }
    let mut bytes = vec![0; file.size_bytes() as usize];
    file.read_exact_at(&mut bytes, 0)?;
    Ok((bytes, None))
}

/// Writes the file as UTF-8 without NUL characters and byte order marks, and says what the whole of it needs saying.
fn copy(
    file: &SourceFile,
    decoded: encoding::Decoded,
    dir: &Path,
    watch: &dyn Watch,
) -> Result<Option<TextFile>, DataError> {
    let name = decoded.encoding;
    let Some(encoding) = Encoding::for_label(name.as_bytes()) else { return Ok(None) };
    let failed = |error| DataError::io("write", Path::new("a temporary file in the data folder"), error);
    std::fs::create_dir_all(dir).map_err(failed)?;
    let copy = tempfile::tempfile_in(dir).map_err(failed)?;
    let mut warnings = Transcoding::of(file, encoding, &name)?.run(file, &copy, watch)?;
    // What was said about a sample is said again about the whole, but for how the encoding was found.
    let guessed = decoded.warnings.into_iter().find(|warning| warning.code == "encoding_guessed");
    let at = warnings.iter().take_while(|warning| warning.code == "invalid_bytes").count();
    warnings.splice(at..at, guessed);
    let copied = SourceFile::from_file(copy, file.file_name().to_owned())?;
    let (bytes, head_bytes) = sample_of(&copied)?;
    let sample = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Some(TextFile { file: copied, start: 0, encoding: name, warnings, sample, head_bytes, is_copy: true }))
}

/// How the bytes of a file become text.
enum Reader {
    Utf8(encoding::Mender),
    Other { decoder: encoding_rs::Decoder, yen: Option<encoding::Yen>, had_errors: bool, n_replaced: u64 },
}

struct Transcoding {
    /// Where the text begins.
    start: u64,
    name: String,
    reader: Reader,
    n_nul: u64,
    has_inner_marks: bool,
}

impl Transcoding {
    fn of(file: &SourceFile, encoding: &'static Encoding, name: &str) -> Result<Self, DataError> {
        let size = file.size_bytes();
        let mut first = vec![0; size.min(4) as usize];
        file.read_exact_at(&mut first, 0)?;
        let mut last = vec![0; size.min(1) as usize];
        file.read_exact_at(&mut last, size - size.min(1))?;
        let start = encoding::mark_length(&first, name) as u64;
        let reader = if name == "utf-8" {
            Reader::Utf8(encoding::Mender::new(last.first().copied()))
        } else {
            let yen = (name == "shift_jis").then(encoding::Yen::default);
            Reader::Other {
                decoder: encoding.new_decoder_without_bom_handling(),
                yen,
                had_errors: false,
                n_replaced: 0,
            }
        };
        Ok(Self { start, name: name.to_owned(), reader, n_nul: 0, has_inner_marks: false })
    }

    fn run(mut self, file: &SourceFile, to: &File, watch: &dyn Watch) -> Result<Vec<DataWarning>, DataError> {
        let failed = |error| DataError::io("write", Path::new("a temporary file in the data folder"), error);
        let mut out = BufWriter::with_capacity(1 << 20, to);
        let (size, mut at) = (file.size_bytes(), self.start);
        let mut bytes = Vec::new();
        let mut text = String::new();
        while at < size {
            check(watch)?;
            // What was not read of the piece before comes first.
            let kept = bytes.len();
            let length = (size - at).min(COPIED_BYTES as u64) as usize;
            bytes.resize(kept + length, 0);
            file.read_exact_at(&mut bytes[kept..], at)?;
            at += length as u64;
            text.clear();
            let n_read = self.read(&bytes, at == size, &mut text);
            bytes.drain(..n_read);
            out.write_all(self.cleaned(&text).as_bytes()).map_err(failed)?;
        }
        out.flush().map_err(failed)?;
        Ok(self.warnings())
    }

    fn read(&mut self, bytes: &[u8], is_last: bool, text: &mut String) -> usize {
        match &mut self.reader {
            Reader::Utf8(mender) => mender.read(bytes, is_last, text),
            Reader::Other { decoder, yen, had_errors, n_replaced } => {
                let mut decoded = String::new();
                let most = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3 + 16);
                decoded.reserve(most);
                let (_, n_read, errors) = decoder.decode_to_string(bytes, &mut decoded, is_last);
                *had_errors |= errors;
                *n_replaced += decoded.matches(char::REPLACEMENT_CHARACTER).count() as u64;
                match yen {
                    Some(yen) => yen.read(&decoded, is_last, text),
                    None => text.push_str(&decoded),
                }
                n_read
            }
        }
    }

    fn cleaned<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let n_nul = memchr::memchr_iter(0, text.as_bytes()).count() as u64;
        let has_marks = text.contains(encoding::INNER_MARK);
        self.n_nul += n_nul;
        self.has_inner_marks |= has_marks;
        if n_nul == 0 && !has_marks {
            return Cow::Borrowed(text);
        }
        Cow::Owned(text.replace(['\0', encoding::INNER_MARK], ""))
    }

    fn warnings(self) -> Vec<DataWarning> {
        let mut warnings = Vec::new();
        match self.reader {
            Reader::Utf8(mender) => warnings.extend(mender.warning()),
            Reader::Other { had_errors: true, n_replaced, .. } => {
                warnings.push(encoding::invalid_bytes(&self.name, n_replaced));
            }
            Reader::Other { .. } => {}
        }
        warnings.extend(encoding::nul_bytes(self.n_nul));
        warnings.extend(self.has_inner_marks.then(encoding::inner_marks));
        warnings
    }
}
