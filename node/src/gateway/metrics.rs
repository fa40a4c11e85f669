//! Figures for Prometheus: how much is asked, what was answered from memory, how the nodes do. None of them tells of a person.

use axum::{Router, http::header, response::IntoResponse, routing::get};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use std::{sync::Arc, time::Duration};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CallLabels {
    method: &'static str,
    from: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StatusLabels {
    status: u16,
}

/// Seconds.
const STEPS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

/// The figures of one gateway.
pub struct Metrics {
    calls: Family<CallLabels, Counter>,
    requests: Family<StatusLabels, Counter>,
    seconds: Histogram,
    node_seconds: Histogram,
    node_failures: Counter,
    checkpoint: Gauge,
    registry: Registry,
}

impl Default for Metrics {
    fn default() -> Self {
        let calls = Family::default();
        let requests = Family::default();
        let seconds = Histogram::new(STEPS);
        let node_seconds = Histogram::new(STEPS);
        let node_failures = Counter::default();
        let checkpoint = Gauge::default();
        let mut registry = Registry::with_prefix("lianyan_gateway");
        registry.register(
            "calls",
            "Calls by method, and whether memory or a node answered",
            calls.clone(),
        );
        registry.register("requests", "HTTP requests by status", requests.clone());
        registry.register(
            "request_seconds",
            "From a request to its answer",
            seconds.clone(),
        );
        registry.register(
            "node_seconds",
            "From a question to a node to its answer",
            node_seconds.clone(),
        );
        registry.register(
            "node_failures",
            "Questions that a node did not answer in time or in form",
            node_failures.clone(),
        );
        registry.register(
            "checkpoint_seconds",
            "Time of the block that the page's checkpoint names, Unix seconds; 0 as long as it is not known",
            checkpoint.clone(),
        );
        Self {
            calls,
            requests,
            seconds,
            node_seconds,
            node_failures,
            checkpoint,
            registry,
        }
    }
}

impl Metrics {
    pub(super) fn called(&self, method: &'static str, asked: bool) {
        let from = if asked { "node" } else { "memory" };
        self.calls.get_or_create(&CallLabels { method, from }).inc();
    }

    pub(super) fn requested(&self, status: u16, took: Duration) {
        self.requests.get_or_create(&StatusLabels { status }).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    pub(super) fn node_answered(&self, took: Duration) {
        self.node_seconds.observe(took.as_secs_f64());
    }

    pub(super) fn node_failed(&self) {
        self.node_failures.inc();
    }

    pub(super) fn checkpoint_is_of(&self, seconds: i64) {
        self.checkpoint.set(seconds);
    }

    /// In the text format of Prometheus (OpenMetrics).
    pub fn text(&self) -> String {
        let mut text = String::new();
        // A string takes everything.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// `/metrics`, for an address of its own that the public does not reach.
    pub fn router(self: Arc<Self>) -> Router {
        let metrics = move || async move {
            let open_metrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, open_metrics)], self.text()).into_response()
        };
        Router::new().route("/metrics", get(metrics))
    }
}
