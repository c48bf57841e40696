//! Habits that fail here, or make a result that nobody can repeat or trust: reading files, chance without a seed,
//! learning from the rows that are kept for testing.

use std::collections::HashSet;

use analyst_types::CodeFinding;
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use super::{Lines, tree};

/// Readers of pandas that take a path first.
const READERS: [&str; 15] = [
    "read_csv",
    "read_excel",
    "read_parquet",
    "read_json",
    "read_table",
    "read_feather",
    "read_pickle",
    "read_stata",
    "read_sas",
    "read_spss",
    "read_orc",
    "read_hdf",
    "read_fwf",
    "read_xml",
    "read_html",
];
/// Methods of a file's path that read it.
const PATH_READERS: [&str; 3] = ["read_text", "read_bytes", "open"];
/// What leaves chance to the moment unless it is given `random_state`.
const SEEDED_BY_STATE: [&str; 22] = [
    "train_test_split",
    "KMeans",
    "MiniBatchKMeans",
    "GaussianMixture",
    "RandomForestClassifier",
    "RandomForestRegressor",
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    "GradientBoostingClassifier",
    "GradientBoostingRegressor",
    "HistGradientBoostingClassifier",
    "HistGradientBoostingRegressor",
    "DecisionTreeClassifier",
    "DecisionTreeRegressor",
    "IsolationForest",
    "MLPClassifier",
    "MLPRegressor",
    "TSNE",
    "ShuffleSplit",
    "StratifiedShuffleSplit",
    "permutation_importance",
    "RandomizedSearchCV",
];
/// Functions of `np.random` that set the seed, or are given one.
const SEEDERS: [&str; 6] = ["seed", "RandomState", "SeedSequence", "Generator", "PCG64", "set_state"];
/// What learns from data before a model does. A pipeline does it right, whatever is in it.
const TRANSFORMERS: [&str; 14] = [
    "StandardScaler",
    "MinMaxScaler",
    "RobustScaler",
    "MaxAbsScaler",
    "PowerTransformer",
    "QuantileTransformer",
    "SimpleImputer",
    "KNNImputer",
    "PCA",
    "SelectKBest",
    "OneHotEncoder",
    "OrdinalEncoder",
    "TargetEncoder",
    "TruncatedSVD",
];

/// Everything this file knows of, in `body`.
pub(super) fn findings(body: &[Stmt], lines: &Lines) -> Vec<CodeFinding> {
    let calls = calls(body);
    let mut found: Vec<CodeFinding> = calls.iter().filter_map(|call| file_read(call, body, lines)).collect();
    if !sets_a_seed(&calls) {
        found.extend(calls.iter().filter_map(|call| unseeded(call, lines)));
    }
    found.extend(fitted_too_early(body, &calls, lines));
    found
}

fn calls(body: &[Stmt]) -> Vec<&ExprCall> {
    let mut calls = Vec::new();
    tree::each(
        body,
        |_| {},
        |expr| {
            if let Expr::Call(call) = expr {
                calls.push(call);
            }
        },
    );
    calls
}

fn file_read(call: &ExprCall, body: &[Stmt], lines: &Lines) -> Option<CodeFinding> {
    let parts = tree::dotted(&call.func);
    let path = call.arguments.args.first().or_else(|| tree::keyword(call, "filepath_or_buffer"));
    let what = match parts.as_deref() {
        Some(["open"]) => {
            let mode = call.arguments.args.get(1).or_else(|| tree::keyword(call, "mode"));
            let writes = mode.is_some_and(|mode| tree::text(mode).is_none_or(|mode| !mode.starts_with('r')));
            let path = path.and_then(tree::text)?;
            if writes || written(path, body) {
                return None;
            }
            format!("open({path:?})")
        }
        Some(["pd" | "pandas", reader]) if READERS.contains(reader) => {
            let path = path.and_then(tree::text).filter(|path| !path.contains('\n'))?;
            if written(path, body) {
                return None;
            }
            format!("{reader}({path:?})")
        }
        _ => {
            let Expr::Call(path) = tree::receiver(call)? else { return None };
            let reads = tree::called(call).is_some_and(|method| PATH_READERS.contains(&method));
            let is_path = tree::called(path) == Some("Path") && reads && call.arguments.args.is_empty();
            let file = is_path.then(|| path.arguments.args.first().and_then(tree::text)).flatten()?;
            if written(file, body) {
                return None;
            }
            format!("Path({file:?})")
        }
    };
    let message = format!("`{what}` finds no file here: the opened tables are there by name, the first as `df`.");
    Some(lines.finding("reads_file", message, call.range().start(), true))
}

/// Whether the code itself writes a file of that name: then it may read it back.
fn written(path: &str, body: &[Stmt]) -> bool {
    calls(body).into_iter().any(|call| {
        let names_it = call.arguments.args.iter().any(|one| tree::text(one) == Some(path))
            || call.arguments.keywords.iter().any(|one| tree::text(&one.value) == Some(path));
        let writes = match tree::called(call) {
            Some("open") => {
                let mode = call.arguments.args.get(1).or_else(|| tree::keyword(call, "mode"));
                mode.is_some_and(|mode| tree::text(mode).is_none_or(|mode| !mode.starts_with('r')))
            }
            Some(method) => method.starts_with("to_") || method.starts_with("save") || method.starts_with("write"),
            None => false,
        };
        names_it && writes
    })
}

fn sets_a_seed(calls: &[&ExprCall]) -> bool {
    calls.iter().any(|call| matches!(tree::dotted(&call.func).as_deref(), Some([.., "random", "seed"])))
}

fn unseeded(call: &ExprCall, lines: &Lines) -> Option<CodeFinding> {
    if tree::hands_on(call) {
        return None;
    }
    let parts = tree::dotted(&call.func)?;
    let (what, how) = match parts.as_slice() {
        [.., function] if SEEDED_BY_STATE.contains(function) && tree::keyword(call, "random_state").is_none() => {
            if *function == "train_test_split" && is_false(tree::keyword(call, "shuffle")) {
                return None;
            }
            ((*function).to_owned(), "pass random_state=0")
        }
        ["np" | "numpy", "random", "default_rng"]
            if call.arguments.args.is_empty() && call.arguments.keywords.is_empty() =>
        {
            ("np.random.default_rng()".to_owned(), "pass a seed: default_rng(0)")
        }
        ["np" | "numpy", "random", function] if !SEEDERS.contains(function) && *function != "default_rng" => {
            (format!("np.random.{function}"), "use np.random.default_rng(0)")
        }
        [_, .., "sample"] if samples_rows(call) => ("sample".to_owned(), "pass random_state=0"),
        _ => return None,
    };
    let message =
        format!("`{what}` draws by chance, and other data or libraries draw otherwise: {how} to say which draw it is.");
    Some(lines.finding("unseeded_random", message, call.range().start(), false))
}

/// `df.sample(10)`, `df.sample(frac=0.1)`; not `random.sample(list, 3)`.
fn samples_rows(call: &ExprCall) -> bool {
    let of_module = tree::receiver(call).and_then(tree::name) == Some("random");
    let keywords = ["n", "frac"].iter().any(|name| tree::keyword(call, name).is_some());
    let whole = call.arguments.args.len() == 1 && matches!(call.arguments.args[0], Expr::NumberLiteral(_));
    !of_module && (keywords || whole) && tree::keyword(call, "random_state").is_none()
}

fn is_false(expr: Option<&Expr>) -> bool {
    matches!(expr, Some(Expr::BooleanLiteral(literal)) if !literal.value)
}

/// `scaler.fit(X)` or `.fit_transform(X)` on a line above the `train_test_split` of what came of it.
fn fitted_too_early(body: &[Stmt], calls: &[&ExprCall], lines: &Lines) -> Option<CodeFinding> {
    let split = calls.iter().find(|call| tree::called(call) == Some("train_test_split"))?;
    let split_names: HashSet<&str> = split.arguments.args.iter().filter_map(tree::name).collect();
    let (transformers, derived) = assigned(body);
    calls.iter().filter(|call| call.range().start() < split.range().start()).find_map(|call| {
        let method = tree::called(call).filter(|method| ["fit", "fit_transform"].contains(method))?;
        let scaler = match tree::receiver(call)? {
            Expr::Name(name) => transformers.iter().find(|(known, _)| *known == name.id.as_str())?.1,
            Expr::Call(made) => tree::called(made).filter(|made| TRANSFORMERS.contains(made))?,
            _ => return None,
        };
        let data = call.arguments.args.first().and_then(tree::name);
        // What is split must be what was learnt from, or what came of it.
        let is_split = data.is_some_and(|data| split_names.contains(data))
            || derived.iter().any(|(name, at)| split_names.contains(name) && call.range().contains_range(*at));
        is_split.then(|| {
            let message = format!(
                "`{scaler}.{method}` learns from all rows before `train_test_split` sets some aside: split first, then fit on the \
                 training rows, or put it into a Pipeline."
            );
            lines.finding("fit_before_split", message, call.range().start(), false)
        })
    })
}

/// Names of transformers with their class, and other names with the range of the call they were made by.
fn assigned(body: &[Stmt]) -> (Vec<(&str, &str)>, Vec<(&str, ruff_text_size::TextRange)>) {
    let (mut transformers, mut derived) = (Vec::new(), Vec::new());
    tree::each(
        body,
        |stmt| {
            if let Stmt::Assign(assign) = stmt
                && let [target] = assign.targets.as_slice()
                && let (Some(name), Expr::Call(call)) = (tree::name(target), &*assign.value)
            {
                match tree::called(call) {
                    Some(class) if TRANSFORMERS.contains(&class) => transformers.push((name, class)),
                    _ => derived.push((name, call.range())),
                }
            }
        },
        |_| {},
    );
    (transformers, derived)
}
