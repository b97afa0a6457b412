//! Variables of the OpenTelemetry specification. The SDK reads most of them itself, and falls back with a warning that
//! nobody sees when it cannot keep one; so those that decide whether and where spans go are checked here.

use super::Env;

const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// What the SDK is told about the export of spans, beside what it reads itself.
pub struct Traces {
    pub service_name: Option<String>,
    /// Certificates that the collector's must be issued by, in PEM. The system's when none.
    pub ca: Option<Vec<u8>>,
}

impl<F: Fn(&str) -> Option<String>> Env<F> {
    /// None without an endpoint: spans go nowhere by default, so none are made.
    pub(super) fn traces(&mut self) -> Option<Traces> {
        let disabled = self.text("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let exporter = self.text("OTEL_TRACES_EXPORTER").unwrap_or_else(|| "otlp".into());
        if disabled || exporter == "none" {
            return None;
        }
        let (key, endpoint) = self.first("ENDPOINT")?;
        if exporter != "otlp" {
            self.problem("OTEL_TRACES_EXPORTER", "must be otlp or none", &exporter, "unset it");
        }
        if !["http://", "https://"].iter().any(|scheme| endpoint.starts_with(scheme)) {
            let got = if endpoint.contains('@') { "a hidden value" } else { &endpoint };
            self.problem(&key, "must start with http:// or https://", got, "use for example http://collector:4318");
        }
        if let Some((key, protocol)) = self.first("PROTOCOL").filter(|(_, protocol)| protocol != "http/protobuf") {
            let cure = "unset it and use the collector's HTTP port, usually 4318";
            self.problem(&key, "must be http/protobuf", &protocol, cure);
        }
        self.sampler();
        let ca = self.first("CERTIFICATE").and_then(|(key, path)| self.file(&key, &path));
        Some(Traces { service_name: self.text("OTEL_SERVICE_NAME"), ca })
    }

    /// The variable of traces, or else that of all signals.
    fn first(&self, name: &str) -> Option<(String, String)> {
        let keys = [format!("OTEL_EXPORTER_OTLP_TRACES_{name}"), format!("OTEL_EXPORTER_OTLP_{name}")];
        keys.into_iter().find_map(|key| Some((key.clone(), self.text(&key)?)))
    }

    fn sampler(&mut self) {
        let Some(sampler) = self.text("OTEL_TRACES_SAMPLER") else { return };
        if !SAMPLERS.contains(&sampler.as_str()) {
            let cure = format!("use one of {}", SAMPLERS.join(", "));
            self.problem("OTEL_TRACES_SAMPLER", "is not a sampler", &sampler, &cure);
        }
        let ratio = self.text("OTEL_TRACES_SAMPLER_ARG").unwrap_or_else(|| "1".into());
        let in_range = ratio.parse().is_ok_and(|ratio: f64| (0.0..=1.0).contains(&ratio));
        if sampler.ends_with("traceidratio") && !in_range {
            self.problem("OTEL_TRACES_SAMPLER_ARG", "must be a ratio", &ratio, "use a number from 0 to 1");
        }
    }

    fn file(&mut self, key: &str, path: &str) -> Option<Vec<u8>> {
        let content = std::fs::read(path);
        if let Err(e) = &content {
            self.problem(key, &format!("cannot be read ({e})"), path, "mount the file or correct the path");
        }
        content.ok()
    }
}
