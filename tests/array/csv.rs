//! CSV files: what is recognised, what is refused and in which words, and the data sets of the repository.

use gradus::array::{Missing, Table, parse_csv, read_csv};
use gradus::{Array, Result};
use proptest::prelude::*;

fn parse(text: &str) -> Result<Table> {
    parse_csv(text.as_bytes(), "t.csv", Missing::Error)
}

fn read(text: &str) -> Array {
    parse(text).and_then(|t| t.to_array()).unwrap()
}

/// The error of reading a text and all its columns.
fn message(text: &str) -> String {
    parse(text).and_then(|t| t.to_array()).unwrap_err().to_string()
}

#[test]
fn the_data_sets_are_whole() {
    let table = |name: &str| read_csv(format!("datasets/{name}.csv"), Missing::Error).unwrap();
    let cancer = table("breast_cancer").to_array().unwrap();
    assert_eq!(cancer.shape(), [569, 31]);
    let features = cancer.slice(1, Some(0), Some(30), 1).unwrap();
    assert_eq!((features.shape(), features.get(&[0, 0]).unwrap()), (&[569, 30][..], 17.99));
    let target = cancer.index(1, 30).unwrap().to_f64();
    assert!(target.iter().all(|&t| t == 0.0 || t == 1.0));
    assert_eq!(target.iter().sum::<f64>(), 357.0);
    assert_eq!(table("breast_cancer").headers[27], "worst_concave_points");
    let iris = table("iris");
    assert_eq!(iris.to_array().unwrap().shape(), [150, 5]);
    assert_eq!(iris.select("sepal_length,petal_length").unwrap().shape(), [150, 2]);
    let total: f64 = iris.select("petal_width").unwrap().to_f64().iter().sum();
    assert!((total - 179.9).abs() < 1e-9);
    let digits = table("digits").to_array().unwrap();
    assert_eq!(digits.shape(), [1797, 65]);
    assert_eq!(digits.to_f64().iter().sum::<f64>(), 561718.0 + 8070.0);
    let geyser = table("old_faithful");
    assert_eq!((geyser.rows(), &geyser.headers[..]), (272, &["eruptions".to_string(), "waiting".to_string()][..]));
    let waiting: f64 = geyser.select("waiting").unwrap().to_f64().iter().sum();
    assert_eq!(waiting, 19284.0);
}

#[test]
fn separators_quotes_and_line_ends_are_recognised() {
    let want = Array::from([[1.0, 2.5], [3.0, -4.0]]).to_f64();
    for text in [
        "a,b\n1,2.5\n3,-4\n",
        "1,2.5\n3,-4",
        "a;b\r\n1;2.5\r\n3;-4\r\n\r\n\r\n",
        "a\tb\n1\t2.5\n3\t-4\n",
        "\u{feff}a,b\n1,2.5\n3,-4\n",
        "\"a\",\"b, or \"\"c\"\"\"\n\"1\",2.5\n3,\"-4\"\n",
        "\n\na , b\n 1 , 2.5 \n\n3,-4\n   \n",
        "a,b\r1,2.5\r3,-4\r",
        "\"a\nb\",c\n1,2.5\n3,-4",
    ] {
        let array = read(text);
        assert_eq!((array.shape(), array.to_f64()), (&[2, 2][..], want.clone()), "{text:?}");
    }
    assert_eq!(parse("\"a, b\";c\n1;2").unwrap().headers, ["a, b", "c"]);
    assert_eq!(parse("\"say \"\"x\"\"\",c\n1,2").unwrap().headers, ["say \"x\"", "c"]);
    assert_eq!(parse("1,2\n3,4").unwrap().headers, ["0", "1"]);
    assert_eq!(parse(",b\n1,2").unwrap().headers, ["0", "b"]);
    assert_eq!(parse("year,2020\n1,2").unwrap().headers, ["year", "2020"]);
    assert_eq!(read("x\n1\n2\n").shape(), [2]);
    assert_eq!(read("+1,.5,5.,1e-3,inf,-Infinity\n").to_f64(), [1.0, 0.5, 5.0, 1e-3, f64::INFINITY, f64::NEG_INFINITY]);
}

#[test]
fn columns_of_text_become_codes_in_sorted_order() {
    let table = parse("size,kind\n1,b\n2,a\n3,b\n").unwrap();
    assert_eq!(table.select("kind").unwrap().to_f64(), [1.0, 0.0, 1.0]);
    assert_eq!(table.columns[1].categories, ["a", "b"]);
    assert_eq!(table.notices(None).unwrap(), ["t.csv: column 2 (\"kind\") is text, read as codes: 0 = a, 1 = b"]);
    assert!(table.notices(Some("size")).unwrap().is_empty());
    // Without a header the first row belongs to the data.
    let bare = parse("5.1,setosa\n4.9,virginica\n").unwrap();
    assert_eq!((bare.headers.len(), bare.select("1").unwrap().to_f64()), (2, vec![0.0, 1.0]));
    let gaps = parse_csv(b"k,v\na,1\n,2\nb,nan", "t.csv", Missing::Nan).unwrap().to_array().unwrap().to_f64();
    assert_eq!((gaps[0], gaps[4]), (0.0, 1.0));
    assert!(gaps[2].is_nan() && gaps[5].is_nan());
}

#[test]
fn selections_pick_columns() {
    let table = parse("a,b,c,d,e,f,g,h\n0,1,2,3,4,5,6,7\n0,1,2,3,4,5,6,7\n").unwrap();
    let row = |s: &str| table.select(s).unwrap().index(0, 0).unwrap().to_f64();
    assert_eq!(row("0-3"), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(row("0,2,5-7"), [0.0, 2.0, 5.0, 6.0, 7.0]);
    assert_eq!(row("h, a"), [7.0, 0.0]);
    assert_eq!(table.select("3").unwrap().shape(), [2]);
    assert_eq!(table.select("3-3").unwrap().shape(), [2]);
    let error = |s: &str| table.select(s).unwrap_err();
    assert_eq!(error("8").to_string(), "t.csv: there is no column 8; it has 8, numbered 0 to 7");
    assert_eq!(error("x").to_string(), "t.csv: there is no column \"x\"; the columns are a, b, c, d, e, f, g, h");
    assert_eq!(error("3-1").to_string(), "t.csv: the column range 3-1 runs backwards");
    assert!(error("0-99999999999999999999").is_name() && error("").is_name() && error("a,").is_name());
    // A fault counts only where its column is selected.
    let table = parse("good,bad\n1,\n2,3\n").unwrap();
    assert_eq!(table.select("good").unwrap().to_f64(), [1.0, 2.0]);
    assert!(table.select("bad").unwrap_err().is_data());
}

#[test]
fn every_fault_is_named_with_row_and_column() {
    assert_eq!(message("a,b\n1,2\n3\n"), "t.csv: the rows are ragged: row 1 has 2 cells, row 3 has 1");
    assert_eq!(message("a,b\n1,2,3\n"), "t.csv: the rows are ragged: row 1 has 2 cells, row 2 has 3");
    assert_eq!(message("a,b,a\n1,2,3\n"), "t.csv: columns 1 and 3 have the same header \"a\"");
    assert_eq!(
        message("w,h\n1,2\nfoo,4\n"),
        "t.csv: column 1 (\"w\") mixes numbers and text: row 2 has 1, row 3 has \"foo\""
    );
    assert_eq!(message("1,2\n1,x\n"), "t.csv: column 2 mixes numbers and text: row 1 has 2, row 2 has \"x\"");
    let passes = "not a number (`--missing nan` lets it pass)";
    assert_eq!(message("a,b\n1,\n3,4"), format!("t.csv: row 2, column 2 (\"b\") is empty, {passes}"));
    assert_eq!(message("a,b\n1,2\nNaN,4"), format!("t.csv: row 3, column 1 (\"a\") is NaN, {passes}"));
    assert_eq!(message("a\n1\n\n3"), format!("t.csv: row 3, column 1 (\"a\") is empty, {passes}"));
    assert_eq!(message("1,NA\n1,2"), format!("t.csv: row 1, column 2 is NA, {passes}"));
    assert_eq!(message("\"a\nb\",c\n1,"), format!("t.csv: row 3, column 2 (\"c\") is empty, {passes}"));
    assert_eq!(
        message("a\n1e999\n"),
        "t.csv: row 2, column 1 (\"a\") : 1e999 is beyond the largest f64".replace(" :", ":")
    );
    assert_eq!(message("a;b\n1,5;2,5\n"), "t.csv: row 2, column 1 (\"a\"): 1,5 has a decimal comma; write a point");
    assert_eq!(message("a,b\n1,\"2\n3,4\n"), "t.csv: the quote that opens in row 2 never closes");
    assert_eq!(message("a,b\n1,\"2\"x\n"), "t.csv: row 2: 'x' follows a closing quote");
    for empty in ["", "\n\n", "\u{feff}"] {
        assert_eq!(message(empty), "t.csv: it has no rows");
    }
    assert_eq!(message("a,b\n"), "t.csv: it has a header and no rows");
    let bytes = |b: &[u8]| parse_csv(b, "t.csv", Missing::Error).unwrap_err().to_string();
    assert_eq!(bytes(b"a,b\n1,\xff\n"), "t.csv: row 2 is not UTF-8 text; save the file as UTF-8");
    assert_eq!(bytes(b"\xff\xfea\0"), "t.csv: it is UTF-16 text; save it as UTF-8");
    let error = read_csv("no/such.csv", Missing::Error).unwrap_err();
    assert!(error.is_io());
    assert_eq!(error.to_string(), "cannot open no/such.csv: there is no such file");
    assert_eq!(read_csv("src", Missing::Error).unwrap_err().to_string(), "cannot read src: it is a directory");
}

#[test]
fn missing_cells_pass_where_that_is_asked_for() {
    let table = parse_csv(b"a,b\n1,\nNA,2\nnull,nan\n", "t.csv", Missing::Nan).unwrap();
    let values = table.to_array().unwrap().to_f64();
    assert_eq!((values[0], values[3]), (1.0, 2.0));
    assert!([1, 2, 4, 5].iter().all(|&k| values[k].is_nan()));
}

#[test]
fn wide_and_deep_files_are_read_in_linear_time() {
    let wide: String = (0..200_000).map(|k| format!("{k},")).collect::<String>() + "0\n";
    assert_eq!(read(&wide).shape(), [1, 200_001]);
    let quotes = "\"\"".repeat(500_000);
    assert_eq!(parse(&format!("\"{quotes}\",b\n1,2\n")).unwrap().headers[0].len(), 500_000);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_neither_panic_nor_hang(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse_csv(&bytes, "t.csv", Missing::Nan).and_then(|t| t.to_array());
    }

    #[test]
    fn arbitrary_tables_neither_panic_nor_hang(text in "([0-9a-c.,;\"\t\r\n +-]|nan|inf|1e999|é){0,80}", selection in "[0-9a-c,-]{0,8}") {
        for missing in [Missing::Error, Missing::Nan] {
            if let Ok(table) = parse_csv(text.as_bytes(), "t.csv", missing) {
                let _ = table.select(&selection);
                let _ = table.notices(None);
                if let Ok(array) = table.to_array() {
                    prop_assert_eq!(array.shape()[0], table.rows());
                    prop_assert!(missing == Missing::Nan || array.iter_f64().all(|x| !x.is_nan()), "silent NaN in {:?}", text);
                }
            }
        }
    }

    #[test]
    fn numbers_come_back(rows in proptest::collection::vec(proptest::array::uniform3(any::<f64>().prop_filter("finite", |x| x.is_finite())), 1..8)) {
        let text: String = rows.iter().map(|r| format!("{:?},{:e},{}\n", r[0], r[1], r[2])).collect();
        let array = read(&text);
        prop_assert_eq!(array.to_f64(), rows.concat());
    }
}
