//! What can be typed.

use std::path::PathBuf;

use analyst_types::{ModelId, PrivacyLevel, ReadOptions};
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Ask questions about data files and get answers you can check.
#[derive(Debug, Parser)]
#[command(name = "auto-analyst", version, about, max_term_width = 100)]
pub struct Args {
    /// What goes for every verb.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What goes for every verb.
#[derive(Debug, Clone, ClapArgs)]
pub struct Global {
    /// Folder for chats, datasets and settings.
    #[arg(long, global = true, value_name = "DIR", env = "AUTO_ANALYST_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Machine-readable output on stdout, and nothing else there.
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing but the result.
    #[arg(long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Show code and output as they come.
    #[arg(long, global = true)]
    pub verbose: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Answer a question about one or more files.
    Ask(Ask),
    /// Describe a file: columns, types, statistics, warnings.
    Profile(OneFile),
    /// Look into a file of any size at once: its first rows, and how it would be read.
    Peek(OneFile),
    /// Show rows of a file.
    Preview(Preview),
    /// Show the rows of a file that pass conditions, in an order.
    Rows(Rows),
    /// Run one SELECT over files; each is a table named after its file.
    Sql(Sql),
    /// Write a file in another format: csv, ndjson, parquet, arrow, xlsx.
    Convert(Convert),
    /// Run a Python script over files, isolated; each is a DataFrame named after its file, the first also `df`.
    Run(RunScript),
    /// Tell what works on this machine, and what to do about the rest.
    Doctor(Doctor),
    /// Send any command of the command table.
    Call(Call),
    /// List, show or delete chats.
    Chats(Chats),
    /// List the agents.
    Agents,
    /// List providers and models.
    Models,
    /// Tell what the models were asked and what it cost.
    Usage,
    /// Show what left this computer, byte for byte.
    Ledger(Ledger),
    /// Keep, try or delete the key of a provider.
    Keys(Keys),
}

/// How to read files, where the sniffing should not decide.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Reading files")]
pub struct Reading {
    /// One sheet of a workbook.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Between fields; `tab` for a tab.
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<String>,
    /// Character encoding, for example windows-1252.
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Line of the column names, counted from 1; 0 when there is none.
    #[arg(long, value_name = "LINE")]
    pub header_row: Option<u32>,
    /// Decimal mark: . or ,
    #[arg(long, value_name = "CHAR")]
    pub decimal: Option<String>,
    /// One of several tables in the file: its name, or its number.
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
    /// Around fields: \" or ', or empty when fields are never quoted.
    #[arg(long, value_name = "CHAR")]
    pub quote: Option<String>,
    /// Thousands mark: , . ' or a space, or empty when there is none.
    #[arg(long, value_name = "CHAR")]
    pub thousands: Option<String>,
    /// Order of dates: dmy, mdy or ymd.
    #[arg(long, value_name = "ORDER")]
    pub date_order: Option<String>,
    /// What starts a line that is a comment; empty when no line is.
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,
    /// Keep rows that look like totals.
    #[arg(long)]
    pub keep_totals: bool,
}

impl From<Reading> for ReadOptions {
    fn from(reading: Reading) -> Self {
        Self {
            sheet: reading.sheet,
            delimiter: reading.delimiter,
            encoding: reading.encoding,
            header_row: reading.header_row,
            decimal: reading.decimal,
            table: reading.table,
            quote: reading.quote,
            thousands: reading.thousands,
            date_order: reading.date_order,
            comment: reading.comment,
            keep_totals: reading.keep_totals.then_some(true),
            ..Self::default()
        }
    }
}

/// `ask`
#[derive(Debug, ClapArgs)]
pub struct Ask {
    /// The files, and last the question.
    #[arg(required = true, value_name = "FILE… QUESTION")]
    pub files_and_question: Vec<String>,
    /// Let this agent do it; several work in the order named.
    #[arg(long = "agent", value_name = "NAME")]
    pub agents: Vec<String>,
    /// The model that thinks; builtin/analyst needs neither key nor network.
    #[arg(long, value_name = "PROVIDER/MODEL")]
    pub model: Option<ModelId>,
    /// How much of the data a remote model may see: local, schema, statistics or samples.
    #[arg(long, value_name = "LEVEL")]
    pub privacy: Option<PrivacyLevel>,
    /// Also write answer.md, figures, tables and code into this folder.
    #[arg(long, value_name = "DIR")]
    pub save: Option<PathBuf>,
    /// How to read the files.
    #[command(flatten)]
    pub reading: Reading,
}

/// A file.
#[derive(Debug, ClapArgs)]
pub struct OneFile {
    /// The file.
    pub file: PathBuf,
    /// How to read it.
    #[command(flatten)]
    pub reading: Reading,
}

/// `preview`
#[derive(Debug, ClapArgs)]
pub struct Preview {
    /// The file.
    pub file: PathBuf,
    /// How many rows.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub rows: u64,
    /// How many rows to skip.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub offset: u64,
    /// How to read it.
    #[command(flatten)]
    pub reading: Reading,
}

/// `rows`
#[derive(Debug, ClapArgs)]
pub struct Rows {
    /// The file.
    pub file: PathBuf,
    /// A condition: a column, one of = != < <= > >= ~ (contains), and a value. Several must all hold.
    #[arg(long = "where", value_name = "CONDITION")]
    pub conditions: Vec<String>,
    /// Order by this column; with a minus before its name the greatest first. The first one counts most.
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub sort: Vec<String>,
    /// How many rows.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub limit: u64,
    /// How many rows to skip.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub offset: u64,
    /// How to read it.
    #[command(flatten)]
    pub reading: Reading,
}

/// `sql`
#[derive(Debug, ClapArgs)]
pub struct Sql {
    /// The files, and last the SELECT.
    #[arg(required = true, num_args = 2.., value_name = "FILE… SELECT")]
    pub files_and_statement: Vec<String>,
    /// How to write the result.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<ResultFormat>,
    /// Tell how the statement would be run instead of running it.
    #[arg(long, conflicts_with_all = ["format", "out"])]
    pub explain: bool,
    /// Where to write the result; its extension says the format.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How to read the files.
    #[command(flatten)]
    pub reading: Reading,
}

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResultFormat {
    /// Columns for reading.
    Table,
    /// Comma-separated values.
    Csv,
    /// One JSON document.
    Json,
    /// One JSON object per row.
    Ndjson,
    /// Apache Parquet; needs --out.
    Parquet,
    /// Arrow IPC; needs --out.
    Arrow,
}

/// `convert`
#[derive(Debug, ClapArgs)]
pub struct Convert {
    /// Any readable file.
    pub input: PathBuf,
    /// The file to write; its extension says the format.
    pub output: PathBuf,
    /// How to read the input.
    #[command(flatten)]
    pub reading: Reading,
}

/// `run`
#[derive(Debug, ClapArgs)]
pub struct RunScript {
    /// The files, and last the script.
    #[arg(required = true, value_name = "FILE… SCRIPT.py")]
    pub files_and_script: Vec<PathBuf>,
    /// Seconds the script may run.
    #[arg(long, value_name = "SECS")]
    pub timeout: Option<u64>,
    /// How to read the files.
    #[command(flatten)]
    pub reading: Reading,
}

/// `doctor`
#[derive(Debug, ClapArgs)]
pub struct Doctor {
    /// Make or mend the managed Python environment first.
    #[arg(long)]
    pub install_python: bool,
}

/// `call`
#[derive(Debug, ClapArgs)]
pub struct Call {
    /// `resource::verb`, for example dataset::list.
    pub name: String,
    /// The request.
    #[arg(default_value = "{}", value_name = "JSON")]
    pub request: String,
}

/// `chats`
#[derive(Debug, ClapArgs)]
pub struct Chats {
    /// What to do with them; without it they are listed.
    #[command(subcommand)]
    pub verb: Option<ChatVerb>,
}

/// What to do with a chat.
#[derive(Debug, Subcommand)]
pub enum ChatVerb {
    /// List them, newest first.
    List,
    /// Show one.
    Show {
        /// Its id.
        id: String,
    },
    /// Delete one for ever.
    Delete {
        /// Its id.
        id: String,
    },
}

/// `ledger`
#[derive(Debug, ClapArgs)]
pub struct Ledger {
    /// What to do with it; without it the entries are listed.
    #[command(subcommand)]
    pub verb: Option<LedgerVerb>,
}

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerVerb {
    /// List the requests, newest last.
    List,
    /// Show the exact bytes of a request.
    Show {
        /// Its number.
        number: u64,
    },
    /// Check that every entry is as it was written.
    Verify,
    /// Write all entries, one JSON object per line.
    Export {
        /// The file to write.
        file: PathBuf,
    },
}

/// `keys`
#[derive(Debug, ClapArgs)]
pub struct Keys {
    /// What to do.
    #[command(subcommand)]
    pub verb: KeyVerb,
}

/// What to do with a key.
#[derive(Debug, Subcommand)]
pub enum KeyVerb {
    /// Keep a key; it is read from standard input, never from the command line.
    Set {
        /// Whose.
        provider: String,
    },
    /// Make one very short call with it.
    Test {
        /// `provider/model`, or a provider to try its first model.
        model: String,
    },
    /// Delete a key.
    Delete {
        /// Whose.
        provider: String,
    },
}
