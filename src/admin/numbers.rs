//! The numbers of the status page, read from the metrics: nothing is counted a second time.

use std::collections::BTreeMap;

use prometheus::proto::{Metric, MetricFamily, MetricType};

use crate::telemetry::families;

/// All metrics at one moment.
pub(super) struct Numbers(Vec<MetricFamily>);

/// Durations by bucket, since the start of the process.
#[derive(Clone, Default)]
pub(super) struct Histogram {
    /// Upper bounds in seconds; the last bucket has none.
    bounds: Vec<f64>,
    /// Of each bucket, those below included.
    counts: Vec<u64>,
}

impl Numbers {
    pub(super) fn now() -> Self {
        Self(families())
    }

    /// The sum over all labels; 0 where there is none yet.
    pub(super) fn sum(&self, name: &str) -> f64 {
        let Some(family) = self.family(name) else {
            return 0.0;
        };
        family.get_metric().iter().map(|m| value(family, m)).sum()
    }

    /// By the values of a label.
    pub(super) fn by(&self, name: &str, label: &str) -> BTreeMap<String, f64> {
        let mut values = BTreeMap::new();
        if let Some(family) = self.family(name) {
            for metric in family.get_metric() {
                let labels = metric.get_label().iter();
                for found in labels.filter(|found| found.name() == label) {
                    *values.entry(found.value().to_owned()).or_default() += value(family, metric);
                }
            }
        }
        values
    }

    /// A histogram without labels.
    pub(super) fn histogram(&self, name: &str) -> Histogram {
        let metric = self
            .family(name)
            .and_then(|family| family.get_metric().first());
        let Some(metric) = metric else {
            return Histogram::default();
        };
        let histogram = metric.get_histogram();
        let buckets = histogram
            .get_bucket()
            .iter()
            .filter(|bucket| bucket.upper_bound().is_finite());
        let (bounds, mut counts): (Vec<_>, Vec<_>) = buckets
            .map(|bucket| (bucket.upper_bound(), bucket.cumulative_count()))
            .unzip();
        counts.push(histogram.get_sample_count());
        Histogram { bounds, counts }
    }

    fn family(&self, name: &str) -> Option<&MetricFamily> {
        self.0.iter().find(|family| family.name() == name)
    }
}

fn value(family: &MetricFamily, metric: &Metric) -> f64 {
    match family.get_field_type() {
        MetricType::COUNTER => metric.get_counter().get_value(),
        _ => metric.get_gauge().get_value(),
    }
}

impl Histogram {
    /// What has come since `earlier`.
    pub(super) fn since(&self, earlier: &Self) -> Self {
        let before = earlier.counts.iter().chain(std::iter::repeat(&0));
        let counts = self.counts.iter().zip(before);
        Self {
            bounds: self.bounds.clone(),
            counts: counts
                .map(|(now, before)| now.saturating_sub(*before))
                .collect(),
        }
    }

    /// The value that a share of all is below, in seconds: between the bounds of its bucket in proportion, as Prometheus has
    /// it. `None` where there are none.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let total = self.counts.last().copied().filter(|total| *total > 0)?;
        let rank = share * total as f64;
        let bucket = self
            .counts
            .iter()
            .position(|count| *count as f64 >= rank)
            .unwrap_or(self.bounds.len());
        let below = bucket.checked_sub(1);
        let low = below.map_or(0.0, |below| self.bounds[below]);
        let Some(high) = self.bounds.get(bucket) else {
            return Some(low);
        };
        let before = below.map_or(0, |below| self.counts[below]);
        let inside = self.counts[bucket] - before;
        let part = (rank - before as f64) / inside.max(1) as f64;
        Some(low + (high - low) * part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(counts: &[u64]) -> Histogram {
        Histogram {
            bounds: vec![0.25, 0.5, 1.0],
            counts: counts.to_vec(),
        }
    }

    #[test]
    fn a_quantile_lies_within_its_bucket() {
        assert_eq!(histogram(&[0, 0, 0, 0]).quantile(0.5), None);
        assert_eq!(Histogram::default().quantile(0.5), None);
        let all = histogram(&[0, 10, 20, 20]);
        assert_eq!(all.quantile(0.25), Some(0.375));
        assert_eq!(all.quantile(0.5), Some(0.5));
        assert_eq!(all.quantile(0.75), Some(0.75));
        // Beyond the last bound nobody knows more.
        assert_eq!(histogram(&[0, 0, 0, 7]).quantile(0.99), Some(1.0));
        assert_eq!(histogram(&[4, 4, 4, 4]).quantile(0.5), Some(0.125));
    }

    #[test]
    fn a_window_holds_what_came_in_it() {
        let since = histogram(&[1, 3, 6, 9]).since(&histogram(&[1, 2, 2, 2]));
        assert_eq!(since.counts, [0, 1, 4, 7]);
        let first = histogram(&[1, 3, 6, 9]).since(&Histogram::default());
        assert_eq!(first.counts, [1, 3, 6, 9]);
    }
}
