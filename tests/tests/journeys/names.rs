//! Files named like words of ours, of Python or of SQL are opened like any other.

use analyst_tests::program::Home;

use crate::told::tell;

#[test]
fn no_name_of_a_file_gets_in_the_way() {
    let home = Home::new();
    let words =
        ["metric", "table", "text", "show", "df", "pd", "class", "select", "print", "2024", "naïve name", "None"];
    let script = home
        .file("uses.py", "metric('rows', len(df))\ntable(df)\nshow(px.bar(df, x='k', y='v'))\nprint(pd.__name__)\n");
    let files: Vec<String> =
        words.iter().map(|word| home.file(&format!("{word}.csv"), "k,v\na,1\nb,2\n").display().to_string()).collect();
    let mut args = vec!["run"];
    args.extend(files.iter().map(String::as_str));
    args.push(script.to_str().unwrap());
    let told = tell(&home, &args).done().stdout;
    assert!(told.contains("pandas\n") && told.contains("rows: 2\n"), "{told}");
}
