//! The conversations that ended within a time.

use std::collections::HashSet;
use std::path::PathBuf;

use jiff::Timestamp;

use super::super::Failure;
use super::times::Asked;
use super::watermark::Watermark;
use super::{Budget, Sink, Times, checked};
use crate::genesys::{Genesys, Span};

/// Ids that are sent before the watermark's file is written: what a kill may send twice.
const CHECKPOINT: usize = 100;

/// Enqueues the conversations that ended within `times`, each once.
pub(super) async fn enqueue(
    genesys: &Genesys,
    mut budget: Budget,
    mut sink: Sink,
    times: &Times,
    file: Option<PathBuf>,
    dry_run: bool,
) -> Result<(), Failure> {
    let Asked { from, to } = times.read(Timestamp::now())?;
    let mut watermark = Watermark::begin(file, from, dry_run)?;
    let Some(span) = watermark.span_until(to) else {
        return sink.finish(Some(watermark.to_string())).await;
    };
    sink.open().await?;
    watermark.store()?;
    sink.expect(seconds(span));
    let mut seen = HashSet::new();
    let mut unsaved = 0;
    let mut search = genesys.search(span);
    while let Some(step) = budget
        .spend(&sink, search.next())
        .await
        .map_err(anyhow::Error::from)?
    {
        if !step.found.is_empty() {
            // To send may mean to wait for the workers, who need the budget.
            budget.leave().await;
        }
        for found in step.found {
            let elsewhere = found
                .ended
                .is_some_and(|ended| ended < span.from() || span.to() <= ended);
            if elsewhere || watermark.remembers(&found, step.span) {
                continue;
            }
            let Some(id) = checked(&found.id, &mut sink) else {
                continue;
            };
            if !seen.insert(id.clone()) {
                continue;
            }
            sink.put(&id).await?;
            watermark.remember(found, step.span);
            unsaved += 1;
            if unsaved == CHECKPOINT {
                watermark.store()?;
                unsaved = 0;
            }
        }
        watermark.reach(step.span.to());
        watermark.store()?;
        unsaved = 0;
        // What lies before is looked at for conversations that began there.
        if let Some(done) = Span::new(span.from().max(step.span.from()), step.span.to()) {
            sink.advance(seconds(done));
        }
    }
    sink.finish(Some(watermark.to_string())).await
}

fn seconds(span: Span) -> u64 {
    span.length().as_secs().unsigned_abs()
}
