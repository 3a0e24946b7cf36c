//! Factored joint distributions: posteriors beside exact fractions from another program, d-separation, BIF files.

use std::path::Path;

use gradus::formula::Program;
use gradus::prob::{Conditional, Given, Masses, Network, Variable};

fn read(name: &str, exact: bool) -> Network {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("datasets/{name}.bif"));
    Network::read_bif(path, exact).unwrap()
}

/// One line of tests/reference/networks.csv.
struct Case {
    network: String,
    of: String,
    evidence: Vec<(String, String)>,
    mass: f64,
    /// None where the evidence is impossible.
    posterior: Option<Vec<f64>>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("reference/networks.csv");
    let case = |line: &str| {
        let cells: Vec<&str> = line.split(';').collect();
        let pair = |t: &str| t.split_once('=').map(|(n, s)| (n.to_string(), s.to_string())).unwrap();
        Case {
            network: cells[0].into(),
            of: cells[1].into(),
            evidence: cells[2].split_whitespace().map(pair).collect(),
            mass: cells[3].parse().unwrap(),
            posterior: cells[4].split(' ').map(|p| p.parse().ok()).collect(),
        }
    };
    text.lines().filter(|l| !l.starts_with('#')).map(case).collect()
}

fn near(got: f64, want: f64, tolerance: f64) -> bool {
    got == want || (got - want).abs() <= tolerance * want.abs()
}

#[test]
fn posteriors_agree_with_exact_fractions() {
    let mut worst: f64 = 0.0;
    let mut asked = 0;
    for exact in [false, true] {
        let networks = [("asia", read("asia", exact)), ("alarm", read("alarm", exact))];
        for c in cases() {
            let (_, network) = networks.iter().find(|(n, _)| *n == c.network).unwrap();
            let answer = network.query(&[&c.of], &c.evidence).unwrap();
            let Some(want) = c.posterior else {
                assert!(answer.is_impossible(), "{} given {:?}", c.of, c.evidence);
                continue;
            };
            let answer = answer.known().unwrap();
            // A fraction is rounded once: every bit agrees.
            let tolerance = if exact { 0.0 } else { 1e-14 };
            assert!(near(answer.evidence.value, c.mass, tolerance), "{:?}: {}", c.evidence, answer.evidence.value);
            for (g, w) in answer.joint.table().unwrap().to_f64().into_iter().zip(want) {
                assert!(near(g, w, tolerance), "{} of {:?}: {g}, not {w}", c.of, c.evidence);
                worst = worst.max(if w > 0.0 { (g / w - 1.0).abs() } else { 0.0 });
                asked += 1;
            }
        }
    }
    println!("{asked} probabilities, worst relative difference {worst:.1e}");
    assert!(asked > 1000);
}

#[test]
fn impossible_evidence_names_the_first_contradiction() {
    for exact in [false, true] {
        let asia = read("asia", exact);
        let evidence = [("smoke", "yes"), ("lung", "yes"), ("either", "no"), ("asia", "no")];
        let Given::Impossible { because } = asia.query(&["bronc"], &evidence).unwrap() else { panic!("possible") };
        assert_eq!(because, "P(either=no | smoke=yes, lung=yes) = 0");
        let Given::Impossible { because } = asia.prob("xray=yes | lung=yes, either=no").unwrap() else {
            panic!("possible")
        };
        assert_eq!(because, "P(either=no | lung=yes) = 0");
        assert_eq!(asia.prob("either=no | lung=yes").unwrap().known().unwrap().value, 0.0);
    }
}

#[test]
fn questions_about_several_variables_agree_with_the_full_table() {
    let asia = read("asia", true);
    let joint = asia.joint().unwrap();
    assert_eq!(joint.table().unwrap().len(), 256);
    let evidence = [("dysp", "yes"), ("asia", "yes")];
    let a = asia.query(&["xray", "tub", "smoke"], &evidence).unwrap().known().unwrap();
    let b = joint.query(&["xray", "tub", "smoke"], &evidence).unwrap().known().unwrap();
    assert_eq!(a.joint.fractions(), b.joint.fractions());
    assert_eq!(a.evidence.fraction, b.evidence.fraction);
    let p = |text: &str| {
        (asia.prob(text).unwrap().known().unwrap().fraction, joint.prob(text).unwrap().known().unwrap().fraction)
    };
    for text in ["lung=yes, bronc=no", "lung=yes, bronc=no | xray=yes", "asia=no | dysp=no, xray=no, smoke=no"] {
        let (a, b) = p(text);
        assert!(a.is_some() && a == b, "{text}: {a:?} {b:?}");
    }
    // The factors that the chain rule finds make the same network again.
    let order = ["asia", "tub", "smoke", "lung", "bronc", "either", "xray", "dysp"];
    let chain = joint.chain(&order[..]).unwrap();
    let chain: Vec<Conditional> = chain.into_iter().filter(|c| c.impossible().is_empty()).collect();
    assert!(chain.len() < 8, "some conditions of the chain are impossible");
    let e = read("alarm", false).joint().unwrap_err();
    assert!(e.is_memory(), "{e}");
}

#[test]
fn evidence_far_below_f64_has_its_logarithm() {
    // One cause with 2000 effects, each observed in a state of probability 0.001 or 0.002.
    let cause = Variable::new("cause", &["a", "b"]).unwrap();
    let mut tables = vec![Conditional::new(std::slice::from_ref(&cause), &[], [0.5, 0.5]).unwrap()];
    let mut evidence = vec![];
    for i in 0..2000 {
        let effect = Variable::numbered(&format!("e{i}"), 2).unwrap();
        tables.push(Conditional::new(&[effect], std::slice::from_ref(&cause), [0.999, 0.001, 0.998, 0.002]).unwrap());
        evidence.push((format!("e{i}"), "1".to_string()));
    }
    let network = Network::new(&tables).unwrap();
    let p = network.query(&["cause"], &evidence).unwrap().known().unwrap();
    assert_eq!(p.evidence.value, 0.0);
    let want = 0.5f64.ln() + 2000.0 * 0.002f64.ln();
    assert!(near(p.evidence.log, want, 1e-14), "{} {want}", p.evidence.log);
    assert!(near(p.joint.log_table().unwrap().to_f64()[0], 2000.0 * 0.5f64.ln(), 1e-13));
}

/// A random network of binary variables, its tables without structure.
fn random(n: usize, seed: u64) -> Network {
    let mut state = seed;
    let mut draw = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let variables: Vec<Variable> = (0..n).map(|i| Variable::numbered(&format!("v{i}"), 2).unwrap()).collect();
    let mut tables = vec![];
    for (i, v) in variables.iter().enumerate() {
        let given: Vec<Variable> = variables[..i].iter().filter(|_| draw() < 0.35).cloned().collect();
        let masses: Vec<f64> = (0..2 << given.len()).map(|_| 0.05 + draw()).collect();
        tables.push(Conditional::normalized(std::slice::from_ref(v), &given, masses).unwrap());
    }
    Network::new(&tables).unwrap()
}

#[test]
fn separation_in_the_graph_is_independence_in_the_table() {
    let (mut separated, mut connected) = (0, 0);
    for seed in 0..12 {
        let network = random(6, seed);
        let joint = network.joint().unwrap();
        let name = |i: usize| format!("v{i}");
        for (a, b) in (0..6).flat_map(|a| (a + 1..6).map(move |b| (a, b))) {
            for given in 0..64u32 {
                if given >> a & 1 == 1 || given >> b & 1 == 1 || given.count_ones() > 2 {
                    continue;
                }
                let given: Vec<String> = (0..6).filter(|i| given >> i & 1 == 1).map(name).collect();
                let (a, b) = ([name(a)], [name(b)]);
                let answer = network.d_separated(&a, &b, &given).unwrap();
                let table = joint.independent(&a, &b, &given).unwrap();
                assert_eq!(
                    answer.separated, table.independent,
                    "{network}: {a:?} {b:?} {given:?} {answer:?} {table:?}"
                );
                if answer.separated { separated += 1 } else { connected += 1 }
            }
        }
    }
    println!("{separated} separated, {connected} connected");
    assert!(separated > 100 && connected > 100);
}

#[test]
fn what_is_known_of_alarm_by_its_graph() {
    let alarm = read("alarm", false);
    assert_eq!(alarm.variables().len(), 37);
    assert_eq!(alarm.parents().iter().map(Vec::len).sum::<usize>(), 46);
    let separated = |a: &str, b: &str, given: &[&str]| alarm.d_separated(&[a], &[b], given).unwrap();
    assert!(separated("HYPOVOLEMIA", "LVFAILURE", &[]).separated);
    assert!(!separated("HYPOVOLEMIA", "LVFAILURE", &["CVP"]).separated);
    assert_eq!(separated("HISTORY", "CVP", &[]).because, "HISTORY ← LVFAILURE → LVEDVOLUME → CVP is open");
    assert!(separated("HISTORY", "CVP", &["LVEDVOLUME", "LVFAILURE"]).separated);
}

#[test]
fn networks_that_are_none() {
    let v = |n: &str| Variable::numbered(n, 2).unwrap();
    let table = |of: &str, given: &[&str]| {
        let given: Vec<Variable> = given.iter().map(|g| v(g)).collect();
        let masses = [0.5, 0.5].repeat(1 << given.len());
        Conditional::new(&[v(of)], &given, masses).unwrap()
    };
    let says = |tables: &[Conditional], message: &str| {
        let e = Network::new(tables).unwrap_err();
        assert!(e.message().contains(message), "{e}");
    };
    says(&[table("a", &["c"]), table("b", &["a"]), table("c", &["b"])], "the tables go round in a circle: ");
    says(&[table("a", &[]), table("a", &[])], "the variable `a` has two tables");
    says(&[table("rain", &["clouds"])], "P(rain | clouds): there is no variable `clouds`");
    let three = Conditional::new(&[Variable::numbered("b", 3).unwrap()], &[], Masses::from([0.5, 0.25, 0.25])).unwrap();
    says(&[three, table("a", &["b"])], "P(a | b) has the states 0, 1 for `b`, its own table 0, 1, 2");
    let pair = Conditional::new(&[v("a"), v("b")], &[], [0.25; 4]).unwrap();
    says(&[pair], "P(a, b): a table of a network is of one variable");
}

#[test]
fn faults_of_files_are_told_with_line_and_column() {
    let asia = std::fs::read_to_string("datasets/asia.bif").unwrap();
    let faults = [
        (
            "type discrete [ 2 ] { yes, no };",
            "type discrete [ 3 ] { yes, no };",
            "line 4, column 19: 3 states are announced, 2 are named",
        ),
        ("variable tub", "variable asia", "line 6, column 10: the variable `asia` stands twice"),
        ("( tub | asia )", "( tub | asa )", "line 30, column 21: there is no variable `asa`; did you mean `asia`?"),
        ("table 0.01, 0.99;", "table 0.01, 0.98;", "line 28, column 3: the probabilities sum to 0.99, not to 1"),
        ("table 0.01, 0.99;", "table 0.01, -0.01, 1;", "line 28, column 3: 2 numbers should stand here, not 3"),
        ("table 0.01, 0.99;", "table -0.01, 1.01;", "line 28, column 9: the probability -0.01 is negative"),
        ("table 0.01, 0.99;", "table 0.01, 0.9q9;", "line 28, column 15: `0.9q9` is no number"),
        ("(yes) 0.05, 0.95;", "(yse) 0.05, 0.95;", "line 31, column 4: `asia` has no state `yse`; did you mean `yes`?"),
        ("(yes) 0.05, 0.95;", "(yes, no) 0.05, 0.95;", "line 31, column 3: 2 states for 1 variables"),
        ("(yes) 0.05, 0.95;", "(no) 0.05, 0.95;", "line 32, column 3: these states have a row already"),
        ("  (yes) 0.05, 0.95;\n", "", "line 30, column 15: the table has no row for (yes)"),
        (
            "network unknown {",
            "netwrk unknown {",
            "line 1, column 1: `netwrk` is not `network`, `variable` or `probability`",
        ),
        ("network unknown {", "network unknown {{", "line 1, column 18: `{` stands where `property` should"),
        ("( either | lung, tub )", "( tub | lung, smoke )", "line 45, column 1: `tub` has two tables"),
        ("(no, no) 0.1, 0.9;\n}", "(no, no) 0.1, 0.9;", "the file ends where a row of the table should stand"),
        ("variable tub", "/* variable tub", "line 6, column 1: the comment does not end"),
        ("variable tub", "variable \"tub", "line 6, column 10: the quoted name does not end"),
    ];
    for (part, fault, message) in faults {
        assert!(asia.contains(part), "{part}");
        let e = Network::parse_bif(&asia.replacen(part, fault, 1), "asia.bif", false).unwrap_err();
        assert!(e.message().starts_with("asia.bif: ") && e.message().contains(message) && e.is_data(), "{fault}: {e}");
    }
    let half = asia.replacen("probability ( smoke ) {\n  table 0.5, 0.5;\n}\n", "", 1);
    let e = Network::parse_bif(&half, "asia.bif", false).unwrap_err();
    assert_eq!(e.message(), "asia.bif: the variable `smoke` has no table");
    assert!(Network::read_bif("datasets/asai.bif", false).unwrap_err().is_io());
}

#[test]
fn every_beginning_of_a_file_is_an_error_or_a_network() {
    let asia = std::fs::read_to_string("datasets/asia.bif").unwrap();
    let mut whole = 0;
    for end in 0..=asia.len() {
        whole += usize::from(Network::parse_bif(&asia[..end], "asia.bif", false).is_ok());
    }
    // The empty beginnings, and the file with and without its last line break.
    assert!((2..100).contains(&whole), "{whole}");
}

#[test]
fn all_the_forms_of_the_format_are_read() {
    let text = "network \"two words\" { property author \"x\"; }\n\
        variable a { type discrete [2] { lo hi }; property position = (1, 2); } // no commas\n\
        variable \"b c\" { type discrete[3] {\"x y\", y, z}; }\n\
        /* a table\n over lines */ probability (a) { table 1/4 3/4; }\n\
        probability ( \"b c\" | a ) { (hi) 0.3333333, 0.3333333, 0.3333333; default 0.2, 0.3, 0.5; }";
    let n = Network::parse_bif(text, "two.bif", true).unwrap();
    assert_eq!(n.to_string(), "P(a) P(b c | a)");
    let p = |q: &str| n.prob(q).unwrap().known().unwrap().fraction.unwrap().to_string();
    // Thirds with rounded decimals are divided by their sum; 1/4 in a file is a fraction.
    assert_eq!((p("b c=x y | a=hi"), p("b c=y, a=lo")), ("1/3".into(), "3/40".into()));
    let joined = "variable a { type discrete [2] {0, 1}; } variable b { type discrete [2] {0, 1}; }\n\
        probability (a) { table 0.5, 0.5; } probability (b | a) { table 0.1, 0.2, 0.9, 0.8; }";
    let n = Network::parse_bif(joined, "one.bif", true).unwrap();
    assert_eq!(n.prob("b=0 | a=1").unwrap().known().unwrap().value, 0.2);
}

#[test]
fn networks_in_the_language() {
    let run = |source: &str| {
        let outcome = Program::formula(source).unwrap().run().unwrap_or_else(|e| panic!("{source}: {e}"));
        outcome.results.last().unwrap().value.clone().unwrap_or_else(|e| panic!("{source}: {e}"))
    };
    let sprinkler = "N = Network(Conditional(\"rain\", [0.8, 0.2], states=\"no, yes\"),\n\
        Conditional(\"sprinkler | rain\", [[0.6, 0.4], [0.99, 0.01]], states=\"off, on\"),\n\
        Conditional(\"wet | rain, sprinkler\", [[[1, 0], [0.1, 0.9]], [[0.2, 0.8], [0.01, 0.99]]], states=\"no, yes\"))\n";
    let number = |source: &str| run(&format!("{sprinkler}{source}")).to_f64()[0];
    let want = 0.2 * (0.01 * 0.99 + 0.99 * 0.8) / (0.2 * (0.01 * 0.99 + 0.99 * 0.8) + 0.8 * 0.4 * 0.9);
    for source in [
        "N.P(\"rain=yes | wet=yes\")",
        "N.query(\"rain\", wet=\"yes\").table[1]",
        "N.query(\"rain | wet=yes\").joint.P(\"rain=yes\")",
        "N.joint().P(\"rain=yes | wet=yes\")",
        "N.joint().given(wet=\"yes\").joint.marginal(\"rain\").table[1]",
    ] {
        let got = number(source);
        assert!(near(got, want, 1e-14), "{source}: {got}, not {want}");
    }
    assert_eq!(
        run(&format!("{sprinkler}N.d_separated(\"rain\", \"wet\", \"sprinkler\").because")).to_string(),
        "rain → wet is open"
    );
    assert_eq!(
        run(&format!("{sprinkler}N")).to_string().lines().last(),
        Some("factors = P(rain) P(sprinkler | rain) P(wet | rain, sprinkler)")
    );
    assert_eq!(
        run("load_bif(\"datasets/asia.bif\", exact=True).P(\"either=no | lung=yes\").fraction").to_string(),
        "0"
    );
    let e = Program::formula("load_bif(\"datasets/asia.bif\").query(\"lng\")").unwrap().run().unwrap();
    assert!(e.results[0].value.clone().unwrap_err().message().contains("did you mean `lung`?"));
}
