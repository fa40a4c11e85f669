//! Snapshots, to and from the wire.

use crate::{
    application::{Application, Offer, Offered, Taken},
    error::Result,
    statesync::{FORMAT, Manifest},
};
use tendermint_proto::v0_38::abci::{
    RequestApplySnapshotChunk, RequestLoadSnapshotChunk, RequestOfferSnapshot,
    ResponseApplySnapshotChunk, ResponseListSnapshots, ResponseLoadSnapshotChunk,
    ResponseOfferSnapshot, Snapshot, response_apply_snapshot_chunk as applied,
    response_offer_snapshot as offered,
};

/// `ListSnapshots`.
pub(super) fn list(application: &Application) -> ResponseListSnapshots {
    ResponseListSnapshots {
        snapshots: application.list_snapshots().iter().map(to_wire).collect(),
    }
}

fn to_wire(manifest: &Manifest) -> Snapshot {
    Snapshot {
        height: manifest.height,
        format: FORMAT,
        chunks: u32::try_from(manifest.chunks.len()).unwrap_or(u32::MAX),
        hash: manifest.hash().to_vec().into(),
        metadata: manifest.metadata().into(),
    }
}

/// `LoadSnapshotChunk`: empty where there is none.
pub(super) fn load(
    application: &Application,
    request: &RequestLoadSnapshotChunk,
) -> ResponseLoadSnapshotChunk {
    let chunk = application.load_snapshot_chunk(request.height, request.format, request.chunk);
    ResponseLoadSnapshotChunk {
        chunk: chunk.unwrap_or_default().into(),
    }
}

/// `OfferSnapshot`.
pub(super) fn offer(
    application: &Application,
    request: &RequestOfferSnapshot,
) -> Result<ResponseOfferSnapshot> {
    let snapshot = request.snapshot.clone().unwrap_or_default();
    let offered = application.offer_snapshot(&Offer {
        height: snapshot.height,
        format: snapshot.format,
        chunks: snapshot.chunks,
        hash: &snapshot.hash,
        metadata: &snapshot.metadata,
        app_hash: &request.app_hash,
    })?;
    let result = match offered {
        Offered::Accept => offered::Result::Accept,
        Offered::Abort => offered::Result::Abort,
        Offered::RejectFormat => offered::Result::RejectFormat,
        Offered::RejectSender => offered::Result::RejectSender,
    };
    Ok(ResponseOfferSnapshot {
        result: result.into(),
    })
}

/// `ApplySnapshotChunk`.
pub(super) fn apply(
    application: &Application,
    request: RequestApplySnapshotChunk,
) -> Result<ResponseApplySnapshotChunk> {
    let taken = application.apply_snapshot_chunk(request.index, &request.chunk)?;
    let (result, again, is_false) = match taken {
        Taken::Accept => (applied::Result::Accept, false, false),
        Taken::Abort => (applied::Result::Abort, false, false),
        Taken::RefuseChunk => (applied::Result::Retry, true, true),
        Taken::RetrySnapshot => (applied::Result::RetrySnapshot, false, false),
        Taken::RejectSnapshot => (applied::Result::RejectSnapshot, false, true),
    };
    Ok(ResponseApplySnapshotChunk {
        result: result.into(),
        refetch_chunks: again.then_some(request.index).into_iter().collect(),
        reject_senders: is_false.then_some(request.sender).into_iter().collect(),
    })
}
