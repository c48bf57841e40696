//! What cells show.

use analyst_types::{ArtifactContent, ArtifactKind, OutputStream};
use serde_json::json;

use crate::kit::{Results, TOKIO, cell, shape};

#[test]
fn last_expression_is_shown_like_in_a_notebook() {
    let outcome = cell("x = 20\nx * 2 + 2").ok();
    assert_eq!(outcome.metrics(), json!({"x * 2 + 2": 42}));
    let outcome = cell("print('shown')\n[1, 'zwei']\n{'a': [1, 2]}").ok();
    assert_eq!(outcome.texts(), ["{'a': [1, 2]}"]);
    assert_eq!(outcome.stdout, "shown\n");
    let outcome =
        cell("styled = pd.DataFrame({'a': [1.25]}).style.format('{:.1f}')\nprint({'n': np.int64(3)})\nstyled").ok();
    assert_eq!(shape(outcome.tables()[0]).1, json!([[1.25]]));
    assert_eq!(outcome.stdout, "{'n': 3}\n");
}

#[test]
fn every_kind_of_result_arrives_in_order() {
    let outcome = cell(
        "fig = px.bar(pd.DataFrame({'m': ['a', 'b'], 'v': [1.5, np.nan]}), x='m', y='v', title='Sales')
fig.show()
show(go.Figure(go.Scatter(x=np.arange(3), y=np.array([1, 2, 3], dtype='int8'))))
show(go.Figure(go.Heatmap(z=np.ones((2, 2)))), title='Heat')
table(pd.DataFrame({'a': [1]}), title='Small')
metric('share', np.float64(0.25)); metric('none', float('nan')); metric('when', pd.Timestamp('2024-01-31'))
text('Grüße', 1)
import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.title('Line'); plt.show()
plt.figure(); plt.plot([3, 4])
sns.histplot(x=[1, 2, 2])
'Ende'",
    )
    .ok();
    let kinds: Vec<ArtifactKind> = outcome.artifacts.iter().map(|(_, content)| content.kind()).collect();
    use ArtifactKind::{Chart, Image, Metric, Table, Text};
    assert_eq!(
        kinds,
        [Chart, Chart, Chart, Table, Metric, Metric, Metric, Text, Image, Text, Image],
        "{}",
        outcome.stderr
    );
    assert_eq!(outcome.titles(), ["Sales", "", "Heat", "Small", "", "", "", "", "Line", "", ""]);
    let figures = outcome.figures();
    assert_eq!(figures[0]["data"][0]["x"], json!(["a", "b"]));
    assert_eq!(figures[0]["data"][0]["y"], json!([1.5, null]));
    assert_eq!(figures[1]["data"][0]["x"], json!([0, 1, 2]));
    assert_eq!(figures[1]["data"][0]["y"], json!([1, 2, 3]));
    assert_eq!(figures[1]["layout"].get("title"), None);
    assert_eq!(figures[2]["data"][0]["z"], json!([[1.0, 1.0], [1.0, 1.0]]));
    assert_eq!(outcome.metrics(), json!({"share": 0.25, "none": null, "when": "2024-01-31T00:00:00"}));
    assert_eq!(outcome.texts(), ["Grüße 1", "Ende"]);
    for (_, content) in &outcome.artifacts {
        if let ArtifactContent::Image { mime, base64 } = content {
            assert_eq!(mime, "image/png");
            assert!(base64.starts_with("iVBORw0KGgo"), "not a PNG");
        }
    }
}

#[test]
fn tables_are_typed_and_say_how_long_they_are() {
    let outcome = cell(
        "import datetime, decimal
df = pd.DataFrame({
    'i': [1, 2**60], 'f': [1.5, np.inf], 'b': [True, False], 's': ['x', None],
    'd': pd.to_datetime(['2024-01-31', None]), 't': pd.to_datetime(['2024-01-31 10:00', None]),
    'n': pd.array([1, None], dtype='Int64'), 'c': pd.Categorical(['a', None]),
    'z': pd.to_timedelta(['1h', None]), 'o': [datetime.date(2024, 1, 1), None], 'm': [1, 'x'],
})
table(df)
table(pd.DataFrame({'x': range(5000)}), 'Long')
df = pd.DataFrame({'g': ['a', 'a', 'b'], 'v': [1, 2, 3]})
table(df.groupby('g').v.sum())
table(df[df.v > 1].sort_values('v', ascending=False))
table(df.groupby('g').agg({'v': ['min', 'max']}))
table(pd.concat([df, df], axis=1))
df.describe()",
    )
    .ok();
    let tables = outcome.tables();
    assert_eq!(
        shape(tables[0]),
        (
            json!([
                ["i", "integer"],
                ["f", "float"],
                ["b", "boolean"],
                ["s", "text"],
                ["d", "date"],
                ["t", "datetime"],
                ["n", "integer"],
                ["c", "categorical"],
                ["z", "duration"],
                ["o", "date"],
                ["m", "text"]
            ]),
            json!([
                [1, 1.5, true, "x", "2024-01-31", "2024-01-31T10:00:00", 1, "a", "P0DT1H0M0S", "2024-01-01", 1],
                ["1152921504606846976", null, false, null, null, null, null, null, null, null, "x"]
            ])
        )
    );
    assert_eq!((tables[1].rows.len(), tables[1].n_rows, tables[1].offset), (1000, 5000, 0));
    assert_eq!(shape(tables[2]), (json!([["g", "text"], ["v", "integer"]]), json!([["a", 3], ["b", 3]])));
    assert_eq!(shape(tables[3]), (json!([["g", "text"], ["v", "integer"]]), json!([["b", 3], ["a", 2]])));
    assert_eq!(tables[4].columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["g", "v / min", "v / max"]);
    assert_eq!(tables[5].columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["g", "v", "g (2)", "v (2)"]);
    assert_eq!(tables[6].rows[1], [json!("mean"), json!(2.0)]);
    assert_eq!(outcome.titles()[1], "Long");
}

#[test]
fn too_many_points_are_thinned_and_too_large_results_refused() {
    let outcome = cell(
        "n = 500_000
show(go.Figure(go.Scattergl(x=np.arange(n), y=np.arange(n), text=['t'] * n)))
show(go.Figure(go.Heatmap(z=np.random.rand(500, 500))))
table(pd.DataFrame({'x': ['y' * 1000] * 900}))
'after'",
    )
    .limits(|limits| limits.artifact_bytes = 4 << 20)
    .ok();
    let trace = &outcome.figures()[0]["data"][0];
    for key in ["x", "y", "text"] {
        assert_eq!(trace[key].as_array().unwrap().len(), 166_667, "{key}");
    }
    assert!(outcome.stderr.contains("500,000 points"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("too large to show"), "{}", outcome.stderr);
    assert_eq!(outcome.figures().len(), 1);
    assert_eq!(outcome.tables()[0].n_rows, 900);
    assert_eq!(outcome.texts(), ["after"]);
}

#[test]
fn a_figure_that_was_made_and_never_shown_is_shown_once() {
    let outcome = cell("fig = px.line(x=[1, 2], y=[3, 4])\nfig2 = fig").ok();
    assert_eq!(outcome.figures().len(), 1);
    let outcome = cell("fig = px.line(x=[1, 2], y=[3, 4])\nfig.show()\nfig").ok();
    assert_eq!(outcome.figures().len(), 1);
    let outcome = cell("fig = px.line(x=[1, 2], y=[3, 4])\nfig.show()\nfig.update_layout(title='Later')").ok();
    assert_eq!(outcome.titles(), ["", "Later"]);
}

#[test]
fn output_is_told_as_it_comes() {
    let run = cell("import sys, time\nprint('erste ✓')\ntime.sleep(0.3)\nprint('zweite', file=sys.stderr)").execute();
    let (outcome, told) = TOKIO.block_on(run);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("erste ✓\n", "zweite\n"));
    assert_eq!(told, [(OutputStream::Stdout, "erste ✓\n".into()), (OutputStream::Stderr, "zweite\n".into())]);
    assert!(outcome.duration_ms >= 300 && outcome.peak_memory_bytes.unwrap() > 50 << 20);
}
