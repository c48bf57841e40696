//! placeholder
pub(crate) fn findings(
    _code: &str,
    _tables: &[(String, Vec<analyst_types::Column>)],
) -> Vec<analyst_types::CodeFinding> {
    Vec::new()
}
