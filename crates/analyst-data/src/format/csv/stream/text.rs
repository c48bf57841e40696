//! A large text file as clean UTF-8: itself when it is that already, otherwise a copy in the store's folder.

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

/// Writes the file as UTF-8 without NUL characters and without a byte order mark.
fn copy(
    file: &SourceFile,
    decoded: encoding::Decoded,
    dir: &Path,
    watch: &dyn Watch,
) -> Result<Option<TextFile>, DataError> {
    let Some(encoding) = Encoding::for_label(decoded.encoding.as_bytes()) else { return Ok(None) };
    let mut warnings = decoded.warnings;
    let failed = |error| DataError::io("write", Path::new("a temporary file in the data folder"), error);
    std::fs::create_dir_all(dir).map_err(failed)?;
    let copy = tempfile::tempfile_in(dir).map_err(failed)?;
    let seen = transcode(file, encoding, &copy, watch)?;
    let codes: Vec<String> = warnings.iter().map(|warning| warning.code.clone()).collect();
    let is_told = |code: &str| codes.iter().any(|told| told == code);
    if seen.invalid && !is_told("invalid_bytes") {
        let message = format!("Some bytes are not valid {}; they are shown as \u{FFFD}.", decoded.encoding);
        warnings.insert(0, encoding::about_file("invalid_bytes", message));
    }
    if seen.nul && !is_told("nul_bytes") {
        let message = "The file holds NUL characters; they were left out.".to_owned();
        warnings
            .insert(usize::from(seen.invalid || is_told("invalid_bytes")), encoding::about_file("nul_bytes", message));
    }
    let copied = SourceFile::from_file(copy, file.file_name().to_owned())?;
    let (bytes, head_bytes) = sample_of(&copied)?;
    let sample = String::from_utf8_lossy(&bytes).into_owned();
    let encoding = decoded.encoding;
    Ok(Some(TextFile { file: copied, start: 0, encoding, warnings, sample, head_bytes, is_copy: true }))
}

#[derive(Default)]
struct Seen {
    invalid: bool,
    nul: bool,
}

fn transcode(file: &SourceFile, encoding: &'static Encoding, to: &File, watch: &dyn Watch) -> Result<Seen, DataError> {
    let failed = |error| DataError::io("write", Path::new("a temporary file in the data folder"), error);
    let mut out = BufWriter::with_capacity(1 << 20, to);
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let size = file.size_bytes();
    let (mut at, mut seen) = (0, Seen::default());
    let mut bytes = vec![0; COPIED_BYTES.min(size as usize)];
    let mut text = vec![0; COPIED_BYTES];
    while at < size {
        check(watch)?;
        let length = (size - at).min(COPIED_BYTES as u64) as usize;
        file.read_exact_at(&mut bytes[..length], at)?;
        at += length as u64;
        let mut read = 0;
        loop {
            let (result, n_read, n_written, had_errors) =
                decoder.decode_to_utf8(&bytes[read..length], &mut text, at == size);
            read += n_read;
            seen.invalid |= had_errors;
            for part in text[..n_written].split(|&byte| byte == 0) {
                out.write_all(part).map_err(failed)?;
            }
            seen.nul |= memchr::memchr(0, &text[..n_written]).is_some();
            if result == encoding_rs::CoderResult::InputEmpty {
                break;
            }
        }
    }
    out.flush().map_err(failed)?;
    Ok(seen)
}
