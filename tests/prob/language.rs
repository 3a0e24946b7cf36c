//! Distributions in the formula language: names, words of other systems, printing, mistakes.

use gradus::formula::Program;

fn run(text: &str) -> Result<String, String> {
    let outcome = Program::formula(text).and_then(|p| p.run()).map_err(|e| e.to_string())?;
    let failed = outcome.results.iter().find_map(|r| r.value.as_ref().err().map(ToString::to_string));
    failed.map_or_else(|| Ok(outcome.to_string().trim().to_string()), Err)
}

fn prints(text: &str, want: &str) {
    assert_eq!(run(text).as_deref(), Ok(want), "{text}");
}

fn refuses(text: &str, parts: &[&str]) {
    let error = run(text).expect_err(text);
    assert!(parts.iter().all(|p| error.contains(p)), "{text}: {error}");
}

#[test]
fn distributions_print_as_the_calls_that_make_them() {
    prints("Normal(0, 1)", "Normal(mu=0, sigma=1)");
    prints("x = 3.0; Normal(x, precision=x + 1)", "Normal(mu=3.0, precision=4.0)");
    prints(
        "Mixture([0.5, 0.5], [Normal(0, 1), Exponential(2)])",
        "Mixture([0.5 0.5], Normal(mu=0, sigma=1), Exponential(lam=2))",
    );
    prints("Categorical([0.5, 0.5])", "Categorical(p=[0.5 0.5])");
    let json = Program::formula("Normal(0, 1)").unwrap().run().unwrap().json();
    assert!(json.contains(r#""value": {"kind": "Normal", "mu": 0, "sigma": 1}"#), "{json}");
}

#[test]
fn words_of_the_book_and_of_other_systems() {
    for text in ["Normal(loc=1, scale=2)", "Normal(mu=1, sigma=2)", "Normal(1, std=2)", "Normal(1, variance=4)"] {
        prints(&format!("{text}.mean() + 10*{text}.std()"), "21.0");
    }
    prints("Normal(0, 1).logpdf(2) == Normal(0, 1).log_prob(2)", "True");
    prints("Exponential(rate=2).mean()", "0.5");
    prints("Bernoulli(probs=0.25).mean()", "0.25");
    prints("d = Normal(1, precision=4); d.mu; d.precision; d.sigma", "d.mu = 1\nd.precision = 4\nd.sigma = 0.5");
    prints("m = Mixture([0.25, 0.75], [Normal(0, 1), Normal(2, 1)]); m.components[1].mu", "2");
}

#[test]
fn keys_and_shapes_in_any_order() {
    prints("d = Normal(0, 1); all(d.sample(key(3), (4,)) == d.sample((4,), key(3)))", "True");
    prints("d = Normal(0, 1); all(d.sample(key(3), 4) == d.sample(shape=(4,), key=key(3)))", "True");
    prints("Normal([0, 1], 1).sample(key(0), (5, 3)).shape", "[5 3 2]");
    prints("Normal(0, 1).sample().shape", "()");
    // Two calls without a key draw other values; the same script draws the same.
    prints("d = Normal(0, 1); d.sample() == d.sample()", "False");
    assert_eq!(run("Normal(0, 1).sample((3,))"), run("Normal(0, 1).sample((3,))"));
}

#[test]
fn mistakes_are_named_where_they_stand() {
    refuses("Norml(0, 1)", &["no function `Norml`", "`Normal`"]);
    refuses("Normal(0, 1).lgo_prob(2)", &["no method `lgo_prob`", "`log_prob`"]);
    refuses("Normal(0, 1).median()", &["no method `median`"]);
    refuses("Normal(0)", &["`Normal` takes (mu, sigma) or (mu, variance) or (mu, precision), not (mu)"]);
    refuses("Normal(0, 1, precision=2)", &["takes (mu, sigma)"]);
    refuses("Normal(0, sgima=1)", &["no parameter `sgima`", "`sigma`"]);
    refuses("Normal(0, 1) + 1", &["a distribution (Normal) stands where a number should"]);
    refuses("Normal(0, 1).mean", &["`.mean(…)`"]);
    refuses("Normal(0, 1).foo", &["no parameter `foo`"]);
    refuses("Normal([0, 1], [1, 2, 3])", &["do not broadcast"]);
    refuses("Normal(0, 0).mean()", &["needs sigma above 0", "is 0"]);
    refuses("Normal(0, [1, -2, 3]).mean()", &["needs sigma above 0", "[1]", "-2"]);
    refuses("Bernoulli(1.5)", &["between 0 and 1"]);
    refuses("Categorical([0.5, 0.6]).entropy()", &["sum to 1"]);
    refuses("Uniform(2, 1).mean()", &["above the lower end"]);
    refuses("DiscreteUniform(1.5, 3).mean()", &["whole"]);
    refuses("Uniform(0, 1).mode()", &["`Uniform` has no `mode`", "as probable as another"]);
    refuses("Mixture([0.5, 0.5], [Normal(0, 1)])", &["components"]);
    refuses("Mixture([0.5, 0.5], [1, 2])", &["a list of distributions"]);
    refuses("Transformed(Normal(0, 1), sin)", &["needs the inverse too"]);
    refuses("kl(Normal(0, 1), Mixture([0.5, 0.5], [Normal(0, 1), Normal(1, 1)]))", &["no closed form", "kl_estimate"]);
    refuses("MultivariateNormal([0, 0], [[1, 2], [2, 1]]).log_prob([0, 0])", &["pivot 1 is -3"]);
    refuses("Normal(0, 1).marginal([0])", &["no `marginal`"]);
    refuses("fit_kl(Normal(0, 1), sin)", &["needs a family"]);
}

#[test]
fn probabilities_stand_for_categorical_distributions() {
    prints("kl([0.5, 0.5], [0.25, 0.75]) == kl(Categorical([0.5, 0.5]), Categorical([0.25, 0.75]))", "True");
    prints("entropy([0.25, 0.25, 0.25, 0.25], 2)", "2.0");
    prints("entropy(Normal(0, 1)) == Normal(0, 1).entropy()", "True");
}

#[test]
fn formulas_of_distributions_differentiate() {
    prints("mu = 1.0; grad(kl(Normal(mu, 1), Normal(3, 1)), mu)", "-2.0");
    prints("x = 40.0; grad(log(Normal(0, 1).prob(x)), x)", "-40.0");
    prints("z = [-1000.0, 1000.0]; grad(sum(Bernoulli(sigmoid(z)).log_prob(1)), z)", "[1. 0.]");
    prints("w = [0.5, 0.5]; hessian(Normal(w[0], 1).log_prob(w[1]), w)", "[[-1.  1.]\n [ 1. -1.]]");
}

#[test]
fn constants_keep_what_they_are_about() {
    prints("log(sigmoid(-1000))", "-1000.0");
    prints("Bernoulli(1e-20).log_prob(0)", "-1e-20");
    prints("0.1 + 0.2", "0.30000000000000004");
}
