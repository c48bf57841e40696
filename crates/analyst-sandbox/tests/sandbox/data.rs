//! Datasets and variables in cells.

use analyst_types::{ExecutionStatus, VariableKind};
use serde_json::{Value, json};

use crate::kit::{Results, cell, data, shape};

#[test]
fn datasets_have_the_types_pandas_people_expect() {
    let before = std::fs::read(data("sales.arrow")).unwrap();
    let outcome = cell(
        "metric('types', ' '.join(str(t) for t in sales.dtypes))
metric('same', df is sales)
metric('sum', float(df.amount.sum())); metric('mean', float(df.returns.mean())); metric('zip', df.zip.iloc[0])
metric('month', int(df.day.dt.month.iloc[0])); metric('hour', int(df['at'].dt.hour.iloc[0]))
metric('missing', int(df.region.isna().sum())); metric('upper', df.region.str.upper().iloc[3])
metric('object', df.select_dtypes('object').columns.tolist() == ['region', 'zip'])
metric('numbers', ' '.join(df.select_dtypes('number').columns))
df.loc[df.units > 2, 'amount'] = 0.0
df['units'] += 1
df.at[0, 'zip'] = 'x'
df['amount'].fillna(7, inplace=True)
df['day'] = df['day'].fillna(pd.Timestamp('2000-01-01'))
metric('written', df.amount.tolist() == [1.5, 7.0, 0.0, 0.0] and df.units.tolist() == [2, 3, 4, 5])
metric('joined', len(df.merge(people, on='region')))
metric('empty', f'{empty.shape} {list(empty.dtypes.astype(str))}'); metric('old', old.day.dt.year.tolist() == [1500, 2024])",
    )
    .dataset("sales", "sales.arrow")
    .dataset("people", "people.arrow")
    .dataset("empty", "empty.arrow")
    .dataset("old", "old.arrow")
    .ok();
    assert_eq!(
        outcome.metrics(),
        json!({
            "types": "object object float64 int64 Int64 boolean bool datetime64[ns] datetime64[ns] float64 category",
            "same": true, "sum": 9.0, "mean": 1.333_333_333_333_333_3, "zip": "00501", "month": 1, "hour": 12, "missing": 1,
            "upper": "ÖSTERREICH 🦀", "object": true, "numbers": "amount units returns price", "written": true,
            "joined": 2, "empty": "(0, 2) ['int64', 'object']", "old": true,
        })
    );
    assert_eq!(std::fs::read(data("sales.arrow")).unwrap(), before, "a run changed its dataset");
}

#[test]
fn libraries_work_on_datasets() {
    let outcome = cell(
        "from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.linear_model import LogisticRegression
from scipy import stats
import statsmodels.api as sm
x = np.random.rand(400, 3); y = x @ [1.0, 2.0, 3.0] + 0.5
metric('kmeans', len(set(KMeans(3, n_init=2).fit_predict(x))))
metric('boost', HistGradientBoostingRegressor(max_iter=20).fit(x, y).score(x, y) > 0.8)
metric('grid', GridSearchCV(LogisticRegression(), {'C': [1, 2]}, cv=2, n_jobs=2).fit(x, y > 3).best_params_['C'] in (1, 2))
metric('forest', RandomForestClassifier(10, n_jobs=2).fit(x, y > 3).score(x, y > 3) > 0.8)
model = sm.OLS(y, sm.add_constant(x)).fit()
metric('ols', round(float(model.params[3]), 6)); metric('p', float(stats.pearsonr(x[:, 2], y)[1]) < 0.01)
metric('formula', round(float(smf.ols('b ~ a', pd.DataFrame({'a': [1, 2, 3.0], 'b': [2, 4, 6.0]})).fit().params['a']), 6))
pd.DataFrame({'a': [1]}).to_excel('out.xlsx'); metric('excel', len(pd.read_excel('out.xlsx')))
model.summary()",
    )
    .ok();
    let expect = json!({"kmeans": 3, "boost": true, "grid": true, "forest": true, "ols": 3.0, "p": true, "formula": 2.0, "excel": 1});
    assert_eq!(outcome.metrics(), expect);
    assert!(outcome.texts()[0].contains("OLS Regression Results"));
}

#[test]
fn variables_are_handed_over_with_their_types() {
    let first = cell(
        "monthly = df.groupby('region', dropna=True).amount.sum()
clean = df[['zip', 'returns', 'day', 'vip']].copy(); clean['mixed'] = [1, 'a', None, 2.5]
df['double'] = df.amount * 2
total = np.float64(9.5); names = ['a', 'ü']; nested = {'k': [1, None, True]}; label = 'ä' * 10; flag = np.bool_(True)
huge = 2**70; not_json = {1: 2}; model = object(); nan = float('nan'); fig = px.line(x=[1], y=[1]); long = 'x' * 2_000_000
def helper(): pass
_private = 1
for i in range(3): pass",
    )
    .dataset("sales", "sales.arrow")
    .dataset("people", "people.arrow")
    .ok();
    let found: Vec<(&str, VariableKind, &str)> =
        first.variables.iter().map(|one| (one.name.as_str(), one.kind, one.digest.as_str())).collect();
    use VariableKind::{Frame, Json, Series};
    let sales = "DataFrame 4 × 12: region (text), zip (text), amount (float), units (integer), returns (integer), \
        vip (boolean), active (boolean), day (date), at (datetime), price (float), kind (categorical), double (float)";
    assert_eq!(
        found,
        [
            ("sales", Frame, sales),
            ("df", Frame, sales),
            ("monthly", Series, "Series 3: amount (float)"),
            ("clean", Frame, "DataFrame 4 × 5: zip (text), returns (integer), day (date), vip (boolean), mixed (text)"),
            ("total", Json, "float: 9.5"),
            ("names", Json, "list of 2"),
            ("nested", Json, "dictionary of 1: k"),
            ("label", Json, "text: ääääääääää"),
            ("flag", Json, "bool: true"),
            ("i", Json, "int: 2"),
        ],
        "{}",
        first.stderr
    );
    assert!(first.stderr.contains("`long` is larger"), "{}", first.stderr);
    let second = cell(
        "metric('types', ' '.join(str(t) for t in clean.dtypes)); metric('series', monthly['North'])
metric('index', monthly.index.name); metric('same', df is sales and 'double' in df); metric('total', total)
metric('rest', names == ['a', 'ü'] and nested == {'k': [1, None, True]} and flag is True)
clean.loc[0, 'zip'] = 'y'
monthly2 = monthly",
    )
    .dataset("sales", "sales.arrow")
    .variables(&first.variables)
    .ok();
    assert_eq!(
        second.metrics(),
        json!({
            "types": "object Int64 datetime64[ns] boolean object", "series": 1.5, "index": "region", "same": true,
            "total": 9.5, "rest": true
        })
    );
    let names: Vec<&str> = second.variables.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["clean", "monthly2"]);
}

#[test]
fn runs_share_nothing() {
    cell("pd.DataFrame.describe = None\nnp.sum = None\nopen_file = 1").ok();
    let outcome = cell("metric('clean', np.sum is not None and pd.DataFrame.describe is not None)\nopen_file");
    let outcome = outcome.fails(ExecutionStatus::Error, "NameError");
    assert_eq!(outcome.metrics(), json!({"clean": true}));
}

#[test]
fn random_numbers_and_sets_repeat() {
    let run =
        || cell("import random\n[random.random(), float(np.random.rand()), list({'a', 'b', 'c', 'd', 'e'})]").ok();
    let (first, second) = (run(), run());
    assert_eq!(first.texts(), second.texts());
}

#[test]
fn large_datasets_are_mapped_not_copied() {
    let outcome = cell("metric('sum', int(df.x.sum()))\ndf.loc[0, 'x'] = -1\ndf.head(1)")
        .dataset("big", "big.arrow")
        .limits(|limits| limits.memory_bytes = 64 << 20)
        .ok();
    assert_eq!(outcome.metrics(), json!({"sum": 4_499_998_500_000_u64}));
    assert_eq!(shape(outcome.tables()[0]).1, json!([[-1, 0.5]]));
}

#[test]
fn datasets_of_several_batches_are_one_frame_that_can_be_written() {
    let outcome = cell(
        "metric('types', ' '.join(str(t) for t in df.dtypes)); metric('sum', int(df.x.sum())); metric('n', int(df.n.sum()))
df.loc[df.x > 990, 'y'] = 1.0; df.loc[0, 'b'] = False; df.loc[1, 's'] = 'z'
metric('y', float(df.y.sum())); metric('b', int(df.b.notna().sum())); metric('s', df.s.iloc[:3].tolist() == ['a', 'z', 'a'])",
    )
    .dataset("batches", "batches.arrow")
    .ok();
    let expect = json!({"types": "int64 Int64 float64 boolean object", "sum": 499_500, "n": 500, "y": 504.5, "b": 501, "s": true});
    assert_eq!(outcome.metrics(), expect);
}

#[test]
fn data_that_cannot_be_read_is_an_error_of_the_data() {
    for (file, word) in [("broken.arrow", "could not be read"), ("absent.arrow", "cannot be read")] {
        let outcome = cell("1").dataset("bad", file).fails(ExecutionStatus::Error, "DataError");
        assert!(outcome.message().contains(word), "{}", outcome.message());
        assert_eq!(outcome.metrics(), Value::Object(serde_json::Map::new()));
    }
}
