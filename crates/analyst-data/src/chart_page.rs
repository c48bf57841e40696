//! A chart as one HTML file that opens without a network: the drawing library and the figure are inside, and a policy
//! keeps the page from loading anything else, whatever the figure says.

use plotly::Plot;
use serde_json::Value;

const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; \
                      img-src data: blob:; worker-src blob:";

/// Draws a Plotly figure (`{data, layout}`) on a page of its own.
pub fn chart_page(figure: &Value, title: &str) -> String {
    let title = escape(if title.is_empty() { "Chart" } else { title });
    let library = library();
    let figure = script_literal(figure);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<title>{title}</title>\n\
         <style>html,body,#chart{{height:100%;margin:0}}</style>\n</head>\n<body>\n<div id=\"chart\"></div>\n\
         {library}\n<script>\nconst figure = {figure};\n\
         Plotly.newPlot(\"chart\", figure.data, figure.layout || {{}}, \
         {{responsive: true, displaylogo: false, showSendToCloud: false, plotlyServerURL: \"\"}});\n\
         </script>\n</body>\n</html>\n"
    )
}

/// The drawing library alone: the sources also hold a typesetter for formulas, which no chart of ours needs.
fn library() -> String {
    const END: &str = "</script>";
    let sources = Plot::offline_js_sources();
    let end = sources.find(END).map_or(sources.len(), |at| at + END.len());
    sources[..end].to_owned()
}

/// JSON that cannot end the script it stands in: a `<` occurs only within texts, where it can be written so.
fn script_literal(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_holds_its_library_and_refers_to_nothing_outside() {
        let page = chart_page(&json!({ "data": [{ "type": "bar", "x": ["a"], "y": [1] }] }), "Sales");
        let head_and_tail = page.replace(&library(), "");
        assert!(head_and_tail.contains("<title>Sales</title>") && head_and_tail.contains("\"type\":\"bar\""));
        assert!(!head_and_tail.contains("http://") && !head_and_tail.contains("https://"));
        assert!(!page.contains("<script src") && library().len() > 1_000_000);
    }

    #[test]
    fn a_figure_cannot_end_the_script_it_stands_in() {
        let page = chart_page(&json!({ "data": [{ "name": "</script><script>alert(1)</script>" }] }), "<b>");
        assert!(!page.contains("<script>alert(1)") && page.contains("<title>&lt;b&gt;</title>"));
    }
}
