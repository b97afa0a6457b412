//! Format of /metrics. Exemplars exist in OpenMetrics alone, so a scraper that does not ask for it gets the older text
//! format without them.

use axum::http::{HeaderMap, header};

const OPENMETRICS: &str = "application/openmetrics-text";

/// Content type and body for a scraper, made of the text in OpenMetrics.
pub fn negotiated(headers: &HeaderMap, openmetrics: String) -> (&'static str, String) {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match accepted.contains(OPENMETRICS) {
        true => ("application/openmetrics-text; version=1.0.0; charset=utf-8", openmetrics),
        false => ("text/plain; version=0.0.4; charset=utf-8", plain(&openmetrics)),
    }
}

/// The older format names a counter with its suffix in the comments too, and has neither exemplars nor an end mark.
fn plain(openmetrics: &str) -> String {
    let counters: Vec<&str> = openmetrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter"))
        .collect();
    let mut text = String::with_capacity(openmetrics.len());
    for line in openmetrics.lines().filter(|line| *line != "# EOF") {
        match comment(line) {
            Some((keyword, name, rest)) if counters.contains(&name) => {
                text.extend(["# ", keyword, " ", name, "_total ", rest]);
            }
            Some(_) => text.push_str(line),
            None => text.push_str(line.split_once(" # {").map_or(line, |(sample, _exemplar)| sample)),
        }
        text.push('\n');
    }
    text
}

/// `# HELP name text` -> (`HELP`, `name`, `text`)
fn comment(line: &str) -> Option<(&str, &str, &str)> {
    let (keyword, rest) = line.strip_prefix("# ")?.split_once(' ')?;
    let (name, rest) = rest.split_once(' ')?;
    Some((keyword, name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "# HELP hits Hits.\n# TYPE hits counter\nhits_total{a=\"b\"} 1\n\
        # HELP s Time.\n# TYPE s histogram\ns_bucket{le=\"1.0\"} 1 # {trace_id=\"ab\"} 0.5 1.0\n# EOF\n";

    #[test]
    fn a_scraper_that_asks_for_openmetrics_gets_exemplars() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, "application/openmetrics-text;version=1.0.0,*/*".parse().expect("a value"));
        let (content_type, body) = negotiated(&headers, SAMPLE.into());
        assert!(content_type.starts_with("application/openmetrics-text; version=1.0.0"));
        assert_eq!(body, SAMPLE);
    }

    #[test]
    fn any_other_gets_the_older_format() {
        let (content_type, body) = negotiated(&HeaderMap::new(), SAMPLE.into());
        assert!(content_type.starts_with("text/plain; version=0.0.4"));
        assert_eq!(
            body,
            "# HELP hits_total Hits.\n# TYPE hits_total counter\nhits_total{a=\"b\"} 1\n\
             # HELP s Time.\n# TYPE s histogram\ns_bucket{le=\"1.0\"} 1\n"
        );
    }
}
